import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { logitOf } from '../../shared/learning/logistic.ts';
import { type EncodedSystems, transposed } from '../../shared/models/student-scorer.ts';
import { type StudentSession, tableRows } from '../../shared/models/student-session.ts';
import { batchesOf, ENCODED, systemsPerBlock } from '../../shared/screen/blocks.ts';
import type { ChunkResult } from '../../shared/screen/chunk-result.ts';
import { BINS_PER_UNIT, HISTOGRAM_HIGH, HISTOGRAM_LOW } from '../../shared/screen/histogram.ts';
import { DEFAULT_LIMITS } from '../../shared/screen/ranking-limits.ts';
import { Screener } from '../../shared/screen/space-screener.ts';
import { amountsMatrix, type Space } from '../../shared/space/space.ts';
import type { ListWork } from './list-scoring.ts';
import { type Bench, largestDifference, Peer, type PeerComparison, PeerError, sideBySide } from './side-by-side.ts';

const COMPOSITIONS = 4e6; // at least: whole classes from the middle of the space

/** A call of the student, as a screening makes it, with its tensors ready. */
interface PreparedBatch {
  readonly firstIndex: number;
  readonly k: number;
  readonly systems: number;
  readonly stoichiometries: number;
  readonly endsSystems: boolean; // has their last stoichiometries
  readonly rows: BigInt64Array<ArrayBuffer>; // shape (systems, k)
  readonly amounts: Float32Array<ArrayBuffer>; // shape (stoichiometries, k)
  readonly prepared: Float32Array; // the same, as our calls take it
  readonly encodedRows: BigInt64Array; // of the systems that are encoded together; consecutive batches share it
  readonly places: Uint32Array; // of the batch's systems among these
}

interface Stretch {
  readonly start: number; // inclusive
  readonly end: number; // exclusive
  readonly batches: readonly PreparedBatch[];
}

/** Part of a space: screened by numpy, and scored by the same ONNX Runtime from Python. */
export async function compareScreening(bench: Bench, work: ListWork): Promise<PeerComparison[]> {
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
): Promise<PeerComparison> {
  const peer = new Peer(bench, 'numpy_screening', {
    ...files,
    ...DEFAULT_LIMITS,
    passLogit: logitOf(student.metadata.threshold),
    histogram: [HISTOGRAM_LOW, HISTOGRAM_HIGH, BINS_PER_UNIT],
  });
  const screen = () => screenStretch(space, student, stretch);
  const times = await sideBySide(peer, screen);
  return {
    task: 'a part of the default space screened: counts, histogram, the best 1,000 with at most 3 of a system',
    count: stretch.end - stretch.start,
    unit: 'compositions',
    peer: 'numpy by hand, amounts given',
    ours: 'Screener',
    ...times,
    agreement: agreeOnScreening(await screen(), JSON.parse(readFileSync(peer.answer, 'utf8')), student),
  };
}

async function compareRuntime(
  bench: Bench,
  { student }: ListWork,
  stretch: Stretch,
  files: object,
): Promise<PeerComparison> {
  const peer = new Peer(bench, 'onnxruntime_python', files);
  const times = await sideBySide(peer, () => scoreStretch(student, stretch));
  const theirs = new Float32Array(new Uint8Array(readFileSync(peer.answer)).buffer);
  const logits = new Float32Array(theirs.length);
  let at = 0;
  await scoreStretch(student, stretch, (scored, { stoichiometries }) => {
    logits.set(transposed(scored, stoichiometries), at);
    at += scored.length;
  });
  const difference = largestDifference(logits, theirs, 1e-6, 'logit');
  return {
    task: 'the same part: logits of the same batches, tensors ready',
    count: theirs.length,
    unit: 'compositions',
    peer: 'onnxruntime in Python',
    ours: 'StudentSession, encoder and head',
    ...times,
    agreement: difference === 0 ? 'the same bits' : `logits to ${difference.toExponential(0)}`,
  };
}

function prepareStretch(space: Space, student: StudentSession): Stretch {
  const { classes, systems, definition } = space;
  const first = classes.findIndex(({ offset }) => offset >= space.compositions / 2);
  const { offset: start } = classes[first];
  const end = classes.find(({ offset }) => offset >= start + COMPOSITIONS)?.offset ?? space.compositions;
  const batches: PreparedBatch[] = [];
  let encodedRows = new BigInt64Array(0);
  let encodedOf = '';
  for (const { classNumber, firstSystem, firstStoichiometry, ...shape } of batchesOf(classes, start, end)) {
    const cls = classes[classNumber];
    const { arity: k, systemsOffset } = cls;
    const rowsOf = (from: number, to: number) =>
      tableRows(student, systems.subarray(systemsOffset + from * k, systemsOffset + to * k)) as PreparedBatch['rows'];
    const together = systemsPerBlock(cls) * Math.ceil(ENCODED / systemsPerBlock(cls)); // as a screening does
    const encodedFrom = firstSystem - (firstSystem % together);
    if (encodedOf !== `${classNumber} ${encodedFrom}`)
      encodedRows = rowsOf(encodedFrom, Math.min(encodedFrom + together, cls.systems));
    encodedOf = `${classNumber} ${encodedFrom}`;
    const counts = amountsMatrix(cls, definition.maxCoefficient).subarray(firstStoichiometry * k);
    const amounts = Float32Array.from(counts.subarray(0, shape.stoichiometries * k));
    batches.push({
      firstIndex: cls.offset + firstSystem * cls.stoichiometries + firstStoichiometry,
      k,
      ...shape,
      endsSystems: firstStoichiometry + shape.stoichiometries === cls.stoichiometries,
      rows: rowsOf(firstSystem, firstSystem + shape.systems),
      amounts,
      prepared: student.prepare(amounts, k),
      encodedRows,
      places: Uint32Array.from({ length: shape.systems }, (_, i) => firstSystem - encodedFrom + i),
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
  const places = batches.map(({ rows, amounts: counts, firstIndex, k, systems, stoichiometries, endsSystems }) => {
    const place = { firstIndex, k, systems, stoichiometries, endsSystems, elementsFrom, amountsFrom };
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

/** Logits batch by batch, shape (stoichiometries, systems) each. */
async function scoreStretch(
  student: StudentSession,
  { batches }: Stretch,
  use?: (logits: Float32Array, batch: PreparedBatch) => void,
): Promise<void> {
  let encodedRows: BigInt64Array | undefined;
  let encoded: EncodedSystems | undefined;
  for (const batch of batches) {
    if (encodedRows !== batch.encodedRows || encoded === undefined)
      encoded = await student.encode(batch.encodedRows, batch.encodedRows.length / batch.k);
    encodedRows = batch.encodedRows;
    const logits = await encoded.logits(batch.places, batch.prepared);
    use?.(logits, batch);
  }
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
