import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import type { StudentSession } from '../../shared/onnx/student-session.ts';
import { batchesOf } from '../../shared/screen/batches.ts';
import { DEFAULT_LIMITS } from '../../shared/screen/chunk-accumulator.ts';
import type { ChunkResult } from '../../shared/screen/chunk-result.ts';
import { BINS_PER_UNIT, HISTOGRAM_HIGH, HISTOGRAM_LOW } from '../../shared/screen/histogram.ts';
import { logitOf, Screener } from '../../shared/screen/screen-chunk.ts';
import { amountsMatrix, type Space } from '../../shared/space/space.ts';
import type { ListWork } from './list-scoring.ts';
import { type Bench, type Comparison, largestDifference, Peer, PeerError, sideBySide } from './side-by-side.ts';

const COMPOSITIONS = 4e6; // at least: whole classes from the middle of the space

/** A call of the student, as a screening makes it, with its tensors ready. */
interface PreparedBatch {
  readonly firstIndex: number;
  readonly k: number;
  readonly systems: number;
  readonly stoichiometries: number;
  readonly endsSystems: boolean; // has their last stoichiometries
  readonly rows: BigInt64Array<ArrayBuffer>; // shape (systems, k)
  readonly amounts: Float32Array; // shape (stoichiometries, k)
}

interface Stretch {
  readonly start: number; // inclusive
  readonly end: number; // exclusive
  readonly batches: readonly PreparedBatch[];
}

/** Part of a space: screened by numpy, and scored by the same ONNX Runtime from Python. */
export async function compareScreening(bench: Bench, work: ListWork): Promise<Comparison[]> {
  const { space, student, studentFile } = work;
  const stretch = prepareStretch(space, student);
  const files = { student: studentFile, ...writeBatches(bench, stretch) };
  return [await compareNumpy(bench, work, stretch, files), await compareRuntime(bench, work, stretch, files)];
}

async function compareNumpy(
  bench: Bench,
  { space, student }: ListWork,
  stretch: Stretch,
  files: object,
): Promise<Comparison> {
  const peer = new Peer(bench, 'numpy_screening', {
    ...{ ...files, ...DEFAULT_LIMITS, passLogit: logitOf(student.metadata.threshold) },
    histogram: [HISTOGRAM_LOW, HISTOGRAM_HIGH, BINS_PER_UNIT],
  });
  const screen = () => screenStretch(space, student, stretch);
  const times = await sideBySide(peer, screen);
  return {
    task: 'a part of the default space screened: counts, histogram, the best 1,000 with at most 3 of a system',
    ...{ count: stretch.end - stretch.start, unit: 'compositions' },
    ...{ peer: 'numpy by hand, amounts given', ours: 'Screener', ...times },
    agreement: agreeOnScreening(await screen(), JSON.parse(readFileSync(peer.answer, 'utf8')), student),
  };
}

async function compareRuntime(
  bench: Bench,
  { student }: ListWork,
  stretch: Stretch,
  files: object,
): Promise<Comparison> {
  const peer = new Peer(bench, 'onnxruntime_python', files);
  const times = await sideBySide(peer, () => scoreStretch(student, stretch, () => undefined));
  const theirs = new Float32Array(new Uint8Array(readFileSync(peer.answer)).buffer);
  const logits = new Float32Array(theirs.length);
  let at = 0;
  await scoreStretch(student, stretch, (batch) => {
    logits.set(batch, at);
    at += batch.length;
  });
  const difference = largestDifference(logits, theirs, 1e-6, 'logit');
  return {
    task: 'the same part: logits of the same batches, tensors ready',
    ...{ count: theirs.length, unit: 'compositions' },
    ...{ peer: 'onnxruntime in Python', ours: 'StudentSession', ...times },
    agreement: difference === 0 ? 'the same bits' : `logits to ${difference.toExponential(0)}`,
  };
}

function prepareStretch(space: Space, student: StudentSession): Stretch {
  const { classes, systems, definition } = space;
  const first = classes.findIndex(({ offset }) => offset >= space.compositions / 2);
  const { offset: start } = classes[first];
  const end = classes.find(({ offset }) => offset >= start + COMPOSITIONS)?.offset ?? space.compositions;
  const batches: PreparedBatch[] = [];
  for (const batch of batchesOf(classes, start, end)) {
    const cls = classes[batch.classNumber];
    const k = cls.arity;
    const from = cls.systemsOffset + batch.firstSystem * k;
    const amounts = amountsMatrix(cls, definition.maxCoefficient).subarray(batch.firstStoichiometry * k);
    batches.push({
      firstIndex: cls.offset + batch.firstSystem * cls.stoichiometries + batch.firstStoichiometry,
      ...{ k, systems: batch.systems, stoichiometries: batch.stoichiometries },
      endsSystems: batch.firstStoichiometry + batch.stoichiometries === cls.stoichiometries,
      rows: BigInt64Array.from(systems.subarray(from, from + batch.systems * k), (z) => BigInt(student.rowOf(z))),
      amounts: Float32Array.from(amounts.subarray(0, batch.stoichiometries * k)),
    });
  }
  return { start, end, batches };
}

/** Tensors of all batches in two files, and where each one's begin. */
function writeBatches({ scratch }: Bench, { batches }: Stretch): object {
  const [elements, amounts] = ['elements.i64', 'amounts.f32'].map((name) => join(scratch, name));
  writeFileSync(elements, Buffer.concat(batches.map(({ rows }) => Buffer.from(rows.buffer))));
  writeFileSync(amounts, Buffer.concat(batches.map((batch) => Buffer.from(batch.amounts.buffer))));
  let [elementsFrom, amountsFrom] = [0, 0];
  const places = batches.map(({ rows, amounts: counts, ...shape }) => {
    const place = { ...shape, elementsFrom, amountsFrom };
    elementsFrom += rows.length;
    amountsFrom += counts.length;
    return place;
  });
  return { elements, amounts, batches: places };
}

function screenStretch(space: Space, student: StudentSession, { start, end }: Stretch): Promise<ChunkResult> {
  const screener = new Screener(space, student, DEFAULT_LIMITS);
  return screener.screen({ chunk: 0, start, end }, '0'.repeat(20), () => undefined);
}

async function scoreStretch(student: StudentSession, { batches }: Stretch, use: (logits: Float32Array) => void) {
  for (const { rows, amounts, systems, stoichiometries } of batches)
    use(await student.logits(rows, amounts, systems, stoichiometries));
}

interface NumpyScreening {
  readonly histogram: readonly number[];
  readonly passedByRow: readonly number[];
  readonly indices: readonly number[];
  readonly logits: readonly number[];
}

/** Rounding may carry a few compositions over an edge of a bin, and change places in the ranking. */
function agreeOnScreening(ours: ChunkResult, theirs: NumpyScreening, student: StudentSession): string {
  const few = 1e-5 * ours.screened;
  const moved = ours.histogram.reduce((sum, count, bin) => sum + Math.abs(count - theirs.histogram[bin]), 0) / 2;
  if (!(moved <= few)) throw new PeerError(`histograms differ by ${moved} compositions`);
  largestDifference(
    student.metadata.symbols.map((symbol) => ours.passedByElement[atomicNumber(symbol) as number]),
    theirs.passedByRow,
    few,
    'passed by element',
  );
  const difference = largestDifference(ours.best.logits, theirs.logits, 1e-4, 'logit in the ranking');
  const ranked = new Set(theirs.indices);
  const same = ours.best.indices.filter((index) => ranked.has(index)).length;
  if (same < 0.99 * ranked.size) throw new PeerError(`only ${same} of the ${ranked.size} best are the same`);
  return `${same} of the best ${ranked.size} the same, logits to ${difference.toExponential(0)}; ${moved} compositions in another bin`;
}
