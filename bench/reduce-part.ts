import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { packagePath } from '../local/shipped/package-root.ts';
import { DirectoryStore } from '../shared/io/store/directory-store.ts';
import type { PlanReceipt } from '../shared/planning/plan-run.ts';
import type { ReduceReceipt } from '../shared/report/reduce-receipt.ts';
import { chunkKey, chunksPrefix } from '../shared/runs/run-keys.ts';
import { loadPlan } from '../shared/runs/run-store.ts';
import { encodeChunkResult } from '../shared/screen/chunk-result.ts';
import { DEFAULT_LIMITS } from '../shared/screen/ranking-limits.ts';
import { cutLimits, type RunOptions } from '../shared/screen/run-options.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';
import type { BenchContext, OpenPart, Part } from './part.ts';
import { planEvent, runStage } from './stage/run-stage.ts';
import { syntheticResults } from './synthetic-results.ts';

const CHUNKS = 10_000;

/** A planned run whose chunk results are made up. */
interface SyntheticStore {
  readonly directory: string;
  readonly runId: string;
  readonly chunks: number;
  readonly entries: number; // of all results
  readonly bytes: number; // the same
}

/** Chunk results as a run with these options over this space would leave them, but for the scores. */
async function makeResults(
  context: BenchContext,
  space: string,
  options: Partial<RunOptions>,
): Promise<SyntheticStore> {
  const directory = join(context.scratch, basename(space), options.rankBy ?? 'student');
  const event = { ...planEvent(context, space, options), chunks: CHUNKS };
  const { runId } = (await runStage<PlanReceipt>('plan', directory, event)).receipt;
  const stored = await loadPlan(new DirectoryStore(directory), runId);
  if (stored === undefined) throw new Error(`run ${runId} was planned and is not there`);
  const { student, options: planned, chunks } = stored.plan;
  const built = buildSpace(parseSpace(await readFile(space, 'utf8'), space));
  const run = { space: built, runId, studentHash: student.hash, limits: cutLimits(planned), seed: context.seed };
  await mkdir(join(directory, chunksPrefix(runId)), { recursive: true });
  let [entries, bytes] = [0, 0];
  for (const result of syntheticResults(run, chunks)) {
    const encoded = encodeChunkResult(result);
    entries += result.best.indices.length;
    bytes += encoded.length;
    await writeFile(join(directory, chunkKey(runId, result.chunk)), encoded);
  }
  return { directory, runId, chunks: chunks.length, entries, bytes };
}

function reducePart(name: string, title: string, space: string, options: Partial<RunOptions>, onlyFull: boolean): Part {
  return {
    name,
    title,
    warmUp: false,
    async open(context): Promise<OpenPart | string> {
      if (onlyFull && !context.full) return 'its chunk results take 7 GB: measured with --full';
      context.note(`${name}: making chunk results`);
      const { directory, runId, chunks, entries, bytes } = await makeResults(context, packagePath(space), options);
      return {
        figures: {
          seconds: { title: 'whole process', unit: 's' },
          cpuSeconds: { title: 'processor time', unit: 's' },
          peakMB: { title: 'peak memory', unit: 'MB' },
        },
        remarks: [`${chunks} results of ${space}, ${entries} entries, ${(bytes / 1e6).toFixed(0)} MB`],
        async round() {
          const { seconds, cpuSeconds, peakMB, receipt } = await runStage<ReduceReceipt>('reduce', directory, {
            runId,
          });
          if (receipt.ranked !== DEFAULT_LIMITS.top) throw new Error(`${receipt.ranked} are ranked`);
          return { seconds, cpuSeconds, peakMB };
        },
        close: () => rm(directory, { recursive: true }),
      };
    },
  };
}

/** Merging as many results as a run has at most. */
export const reduce = reducePart(
  'reduce',
  'merging 10,000 chunk results into a ranking',
  'data/spaces/paper-scale.json',
  {},
  false,
);

/** The same where a committee ranks the student's best 200,000: every chunk keeps up to as many. */
export const reduceFinalists = reducePart(
  'reduce-finalists',
  'merging 10,000 chunk results with finalists that the committee ranks',
  'data/spaces/ionic-quinary.json',
  { rankBy: 'mean' },
  false,
);

/** The same of a space whose chunks have as many finalists as there may be. */
export const reduceMostFinalists = reducePart(
  'reduce-most-finalists',
  'merging 10,000 chunk results with finalists of a larger space',
  'data/spaces/paper-scale.json',
  { rankBy: 'mean' },
  true,
);
