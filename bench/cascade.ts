import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../shared/hash.ts';
import { type CommitteeSession, checkCommittee, openCommittee } from '../shared/models/committee-session.ts';
import { openStudent, type StudentSession } from '../shared/models/student-session.ts';
import { lowerBound } from '../shared/ranking/rescore.ts';
import { batchesOf } from '../shared/screen/blocks.ts';
import { checkStudent } from '../shared/sources/check-student.ts';
import { amountsMatrix, buildSpace, type Space } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';

/*
 * How much of the committee's own best survives the student's cut: both score a whole space, and the committee's best
 * 1,000 are sought among the student's best F. The committee's scores are kept in the temporary directory, so that
 * another student is judged in seconds.
 * node dist/bench/cascade.js [student file] [committee file] [space file]
 */
const [
  studentFile = 'models/student.onnx',
  committeeFile = 'models/committee.onnx',
  spaceFile = 'bench/cascade-space.json',
] = process.argv.slice(2);

const BEST = 1000;
const PER_SYSTEM = 3;
const FINALISTS = [10_000, 20_000, 50_000, 100_000, 200_000, 500_000];
const MOST = 2_000_000; // finalists
const COMMITTEE_ROWS = 2048; // compositions a call
const NO_CAP = Number.POSITIVE_INFINITY;

/** Whole systems of one class by some of its stoichiometries. */
interface Part {
  readonly rows: readonly number[]; // of the element table, shape (systems, k)
  readonly amounts: Float32Array; // shape (stoichiometries, k)
  readonly systems: number;
  readonly stoichiometries: number;
  readonly indexOf: (system: number) => number; // of its first composition in this part
}

/** The space part by part, as a screening goes through it. */
function* partsOf(
  { classes, systems, compositions, definition }: Space,
  rowOf: (z: number) => number,
): Generator<Part> {
  let [amountsOf, amounts] = [-1, new Float32Array(0)];
  for (const { classNumber, firstSystem, firstStoichiometry: first, ...batch } of batchesOf(classes, 0, compositions)) {
    const { arity, systemsOffset, offset, stoichiometries } = classes[classNumber];
    if (amountsOf !== classNumber)
      amounts = new Float32Array(amountsMatrix(classes[classNumber], definition.maxCoefficient));
    amountsOf = classNumber;
    const from = systemsOffset + firstSystem * arity;
    yield {
      rows: Array.from(systems.subarray(from, from + batch.systems * arity), rowOf),
      amounts: amounts.subarray(first * arity, (first + batch.stoichiometries) * arity),
      systems: batch.systems,
      stoichiometries: batch.stoichiometries,
      indexOf: (system) => offset + (firstSystem + system) * stoichiometries + first,
    };
  }
}

/** Logits of the whole space. */
async function studentScores(space: Space, student: StudentSession): Promise<Float32Array> {
  const result = new Float32Array(space.compositions);
  for (const { rows, amounts, systems, stoichiometries: v, indexOf } of partsOf(space, student.rowOf)) {
    const logits = await student.logits(BigInt64Array.from(rows, BigInt), amounts, systems, v);
    for (let s = 0; s < systems; s++) result.set(logits.subarray(s * v, (s + 1) * v), indexOf(s));
  }
  return result;
}

/** Mean, then standard deviation, of the whole space, shape (2, compositions). */
async function committeeScores(space: Space, committee: CommitteeSession): Promise<Float32Array> {
  const result = new Float32Array(2 * space.compositions);
  let done = 0;
  for (const part of partsOf(space, committee.rowOf)) {
    const count = part.systems * part.stoichiometries;
    for (let start = 0; start < count; start += COMMITTEE_ROWS) {
      const end = Math.min(count, start + COMMITTEE_ROWS);
      const { elements, amounts } = rowsOf(part, start, end);
      const { mean, std } = await committee.score(elements, amounts, end - start);
      for (let i = start; i < end; i++) {
        const index = part.indexOf(Math.floor(i / part.stoichiometries)) + (i % part.stoichiometries);
        result[index] = mean[i - start];
        result[space.compositions + index] = std[i - start];
      }
    }
    if (Math.floor((done + count) / 1e6) > Math.floor(done / 1e6))
      process.stderr.write(`${Math.floor((done + count) / 1e6)}e6 scored by the committee\n`);
    done += count;
  }
  return result;
}

/** Compositions [start, end) of a part, one a row. */
function rowsOf({ rows, amounts, stoichiometries }: Part, start: number, end: number) {
  const k = amounts.length / stoichiometries;
  const elements = new BigInt64Array((end - start) * k);
  const counts = new Float32Array((end - start) * k);
  for (let i = start; i < end; i++) {
    const [s, v] = [Math.floor(i / stoichiometries), i % stoichiometries];
    for (let e = 0; e < k; e++) {
      elements[(i - start) * k + e] = BigInt(rows[s * k + e]);
      counts[(i - start) * k + e] = amounts[v * k + e];
    }
  }
  return { elements, amounts: counts };
}

/** The committee's scores, from the temporary directory if it has scored this space before. */
async function keptScores(space: Space, committee: CommitteeSession): Promise<Float32Array> {
  const key = sha256(committee.hash + readFileSync(spaceFile, 'utf8')).slice(0, 16);
  const file = join(tmpdir(), `ionsieve-cascade-${key}.f32`);
  if (existsSync(file)) return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  const begin = process.cpuUsage();
  const scores = await committeeScores(space, committee);
  const { user, system } = process.cpuUsage(begin);
  const rate = Math.round(space.compositions / ((user + system) / 1e6));
  process.stdout.write(`committee: ${rate} compositions per second of one core\n`);
  writeFileSync(file, new Uint8Array(scores.buffer));
  return scores;
}

/** System of every composition, numbered through. */
function systemsOf(space: Space): Uint32Array {
  const result = new Uint32Array(space.compositions);
  let first = 0;
  for (const { offset, systems, stoichiometries } of space.classes) {
    for (let i = 0; i < systems * stoichiometries; i++) result[offset + i] = first + Math.floor(i / stoichiometries);
    first += systems;
  }
  return result;
}

/** Indices by descending score, equal scores by index. */
function sorted(scores: Float32Array): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
}

/** The first of an order with at most `cap` of a system. */
function take(order: Uint32Array, systems: Uint32Array, cap: number, count: number): Uint32Array {
  const taken: number[] = [];
  const perSystem = new Map<number, number>();
  for (let i = 0; i < order.length && taken.length < count; i++) {
    const before = perSystem.get(systems[order[i]]) ?? 0;
    if (before >= cap) continue;
    perSystem.set(systems[order[i]], before + 1);
    taken.push(order[i]);
  }
  return Uint32Array.from(taken);
}

/** All compositions of a system where its best one stands, and so on. */
function wholeSystems(order: Uint32Array, systems: Uint32Array, count: number): Uint32Array {
  const place = new Map<number, number>();
  for (const index of order) if (!place.has(systems[index])) place.set(systems[index], place.size);
  const byPlace = Array.from({ length: place.size }, (): number[] => []);
  for (const index of order) byPlace[place.get(systems[index]) as number].push(index);
  return Uint32Array.from(byPlace.flat().slice(0, count));
}

/** What of the committee's own best is among the first finalists of a cut, and what the ranking of those is worth. */
function describeCut(scores: Float32Array, own: Uint32Array, cut: Uint32Array, perSystem: number): string {
  const places = new Map(Array.from(cut, (index, i) => [index, i]));
  const found = Array.from(own, (index) => places.get(index) ?? NO_CAP).sort((a, b) => a - b);
  const meanOf = (indices: Uint32Array): number => indices.reduce((sum, index) => sum + scores[index], 0) / own.length;
  const cells = FINALISTS.map((count) => {
    const finalists = cut.slice(0, count).sort((a, b) => scores[b] - scores[a] || a - b);
    const ranked = take(finalists, systems, perSystem, BEST);
    const share = found.filter((place) => place < count).length / own.length;
    return `${(100 * share).toFixed(1)} % (${meanOf(ranked).toFixed(4)})`;
  });
  const needed = found[Math.ceil(0.99 * own.length) - 1] + 1;
  return `${cells.join(' | ')} | ${needed <= cut.length ? needed : `more than ${cut.length}`} | ${meanOf(own).toFixed(4)}`;
}

const nameOf = (cap: number): string => (cap === NO_CAP ? 'any number' : `at most ${cap}`);
const space = buildSpace(parseSpace(readFileSync(spaceFile, 'utf8'), spaceFile));
process.stdout.write(`${space.compositions} compositions, ${cpus()[0].model}, Node ${process.version}\n`);
const student = await openStudent(readFileSync(studentFile), studentFile);
const committee = await openCommittee(readFileSync(committeeFile), committeeFile);
checkStudent(student, space.definition, spaceFile);
checkCommittee(committee.metadata, student.metadata, committeeFile);
const kept = await keptScores(space, committee);
const [mean, std] = [kept.subarray(0, space.compositions), kept.subarray(space.compositions)];
const byStudent = sorted(await studentScores(space, student));
const lower = mean.map((value, i) => lowerBound(value, std[i], 1));
const systems = systemsOf(space);
const cuts: readonly (readonly [name: string, cut: Uint32Array])[] = [
  ...[NO_CAP, 300, 100, 30, 10].map((cap) => [nameOf(cap), take(byStudent, systems, cap, MOST)] as const),
  ['whole systems', wholeSystems(byStudent, systems, MOST)],
];
process.stdout.write(
  `share of the committee's best ${BEST} among the student's finalists (mean score of the ${BEST} ranked from them)\n`,
);
process.stdout.write(`| finalists of a system | ${FINALISTS.join(' | ')} | for 99 % | mean score of all |\n`);
for (const [name, scores] of [
  ['probability_mean', mean],
  ['probability_lower', lower],
] as const) {
  const order = sorted(scores);
  for (const perSystem of [NO_CAP, PER_SYSTEM]) {
    const own = take(order, systems, perSystem, BEST);
    process.stdout.write(`ranked by ${name}, of a system: ${nameOf(perSystem)}\n`);
    for (const [cutName, cut] of cuts)
      process.stdout.write(`| ${cutName} | ${describeCut(scores, own, cut, perSystem)} |\n`);
  }
}
await Promise.all([student.release(), committee.release()]);
