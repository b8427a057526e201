import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PUBLISHED_TEACHER, readTrainingSet } from '../cli/models/model-files.ts';
import { packagePath } from '../local/shipped/package-root.ts';
import { sha256 } from '../shared/hash.ts';
import { Distillation } from '../shared/student/distillation.ts';
import { runMeasured } from './measured-process.ts';
import type { OpenPart, Part } from './part.ts';

const LABELS = packagePath('data/labels.csv.gz');
const [TREES, STEPS] = [3, 400]; // of a round

/** Parts of a training of the default size, on one thread. */
export const distillAsProcess: Part = {
  name: 'distill',
  title: 'parts of one training of a student, one thread',
  warmUp: false,
  mostRounds: 2,
  async open({ seed }): Promise<OpenPart> {
    const { ionic, features, options } = await readTrainingSet(LABELS, PUBLISHED_TEACHER, seed);
    const { folds, forest, training } = options;
    const bounded = { ...options, forest: { ...forest, trees: TREES }, training: { ...training, steps: STEPS } };
    return {
      figures: {
        beginning: { title: 'compositions made and described', unit: 's' },
        tree: { title: 'a tree of the forest, with its predictions', unit: 's' },
        step: { title: 'a batch that the student learns', unit: 's' },
      },
      remarks: [
        `a whole training has ${forest.trees} trees and ${training.steps} batches; \`ionsieve distill\` has ${folds + 1} such trainings (measured with --full)`,
      ],
      async round() {
        const times = [performance.now()];
        const mark = (): number => times.push(performance.now());
        const distillation = await Distillation.open({ labels: ionic, heldOut: [], features, options: bounded });
        mark();
        for (let tree = 0; tree < TREES - 1; tree++) await distillation.step();
        mark();
        await distillation.step(); // the last tree, and all that the student's training begins with
        await distillation.step(); // its first batch is slower
        mark();
        for (let step = 0; step < STEPS - 1; step++) await distillation.step();
        mark();
        await distillation.release();
        const [begun, grown, , learned] = times.slice(1).map((time, i) => (time - times[i]) / 1000);
        return { beginning: begun, tree: grown / (TREES - 1), step: learned / (STEPS - 1) };
      },
      close: async () => undefined,
    };
  },
};

/** All of `ionsieve distill`: a student, and the folds that judge it. */
export const distillWhole: Part = {
  name: 'distill-whole',
  title: '`ionsieve distill` on the shipped labels',
  warmUp: false,
  mostRounds: 1,
  async open({ scratch, student, threads, seed, full }): Promise<OpenPart | string> {
    if (!full) return 'it takes minutes: measured with --full';
    const out = join(scratch, 'student.onnx');
    const asked = ['--labels', LABELS, '--out', out, '--seed', String(seed), '--workers', String(threads)];
    return {
      figures: {
        seconds: { title: 'whole process', unit: 's' },
        cpuSeconds: { title: 'processor time', unit: 's' },
        peakMB: { title: 'peak memory', unit: 'MB' },
        equal: { title: 'the model is that of --student, byte by byte', unit: '1 = yes' },
      },
      async round() {
        const { seconds, cpuSeconds, peakMB } = await runMeasured(packagePath('dist/cli/main.js'), [
          'distill',
          ...asked,
        ]);
        const [made, given] = await Promise.all([out, student].map(async (file) => sha256(await readFile(file))));
        return { seconds, cpuSeconds, peakMB, equal: Number(made === given) };
      },
      close: async () => undefined,
    };
  },
};
