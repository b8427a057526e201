import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packagePath } from '../local/shipped/package-root.ts';
import { openThreads } from './compute-threads.ts';
import type { ComputeJob } from './compute-worker.ts';
import { runMeasured } from './measured-process.ts';
import type { BenchContext, OpenPart, Part } from './part.ts';

const PRODUCT_SIZE = 2048;
const RATE = 'compositions/s';

/** ONNX Runtime alone on prepared tensors, a thread on every core. */
export const kernel: Part = {
  name: 'kernel',
  title: "ONNX Runtime alone: the student's head on prepared tensors of the shapes of a run",
  warmUp: true,
  async open({ threads, space, student, seed }) {
    const jobs = Array.from(
      { length: threads },
      (_, slot): ComputeJob => ({ kind: 'kernel', space, student, seed: seed + slot }),
    );
    const { pass, close } = await openThreads(jobs);
    return {
      figures: {
        rate: { title: 'head alone', unit: RATE },
        cpuRate: { title: 'head alone, of one core by its processor time', unit: RATE },
        chunkCpuRate: { title: 'the same with all that screening a chunk does', unit: RATE },
        flopRate: { title: 'head alone, its products', unit: 'FLOP/s' },
        flop: { title: 'products of a composition', unit: 'FLOP' },
      },
      async round() {
        const alone = await pass('kernel');
        const chunk = await pass('chunk');
        return {
          rate: alone.compositionsPerSecond,
          cpuRate: alone.compositionsPerCpuSecond,
          chunkCpuRate: chunk.compositionsPerCpuSecond,
          flopRate: alone.flopPerSecond,
          flop: alone.flopPerSecond / alone.compositionsPerSecond,
        };
      },
      close,
    };
  },
};

/** A large matrix product by the same ONNX Runtime on the same threads. */
export const peak: Part = {
  name: 'peak',
  title: `product of float32 matrices of ${PRODUCT_SIZE} rows and columns`,
  warmUp: true,
  async open({ threads }) {
    const { pass, close } = await openThreads(
      Array.from({ length: threads }, () => ({ kind: 'product', size: PRODUCT_SIZE })),
    );
    return {
      figures: { flopRate: { title: 'peak', unit: 'FLOP/s' } },
      round: async () => ({ flopRate: (await pass('product')).flopPerSecond }),
      close,
    };
  },
};

/** What a run of the command line took. */
export interface ScreenedRun {
  readonly compositions: number;
  readonly seconds: number; // of the process, from its start to its end
  readonly stageSeconds: number; // of the screening itself, as the command says
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

/** Screen a space by the command line in an empty directory, which is deleted. */
export async function screenByCli(
  { scratch, studentOption, threads }: Pick<BenchContext, 'scratch' | 'studentOption' | 'threads'>,
  space: string,
): Promise<ScreenedRun> {
  const out = join(scratch, 'screen');
  const asked = ['--space', space, '--student', studentOption, '--workers', String(threads), '--out', out, '--json'];
  const { seconds, cpuSeconds, peakMB, stdout, stderr } = await runMeasured(packagePath('dist/cli/main.js'), [
    'screen',
    ...asked,
  ]);
  await rm(out, { recursive: true });
  const { screened } = JSON.parse(stdout) as { readonly screened: number };
  return { compositions: screened, seconds, stageSeconds: stageSeconds(stderr), cpuSeconds, peakMB };
}

/** From the line in which the command says how fast it was. Throws if there is none. */
export function stageSeconds(stderr: string): number {
  const found = /^screened [\d,]+ compositions in ([\d.]+) s:/m.exec(stderr);
  if (found === null) throw new Error(`the time of the screening stage is not told in:\n${stderr}`);
  return Number(found[1]);
}

/** The command line from space file to ranking. */
export const endToEnd: Part = {
  name: 'end-to-end',
  title: '`ionsieve screen` from space file to ranking',
  warmUp: false,
  async open(context): Promise<OpenPart> {
    return {
      figures: {
        rate: { title: 'whole process', unit: RATE },
        stageRate: { title: 'screening stage, without planning, ranking and report', unit: RATE },
        cpuRate: { title: 'whole process, of one core by its processor time', unit: RATE },
        seconds: { title: 'whole process', unit: 's' },
        fixedSeconds: { title: 'outside of the screening stage', unit: 's' },
        cpuSeconds: { title: 'processor time', unit: 's' },
        peakMB: { title: 'peak memory', unit: 'MB' },
      },
      async round() {
        const { compositions, seconds, stageSeconds, cpuSeconds, peakMB } = await screenByCli(context, context.space);
        const rates = {
          rate: compositions / seconds,
          stageRate: compositions / stageSeconds,
          cpuRate: compositions / cpuSeconds,
        };
        return { ...rates, seconds, fixedSeconds: seconds - stageSeconds, cpuSeconds, peakMB };
      },
      close: async () => undefined,
    };
  },
};
