import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openEncoder } from '../shared/models/student-head.ts';
import { openStudent } from '../shared/models/student-session.ts';
import { inThisThread } from '../shared/pruning/planning-tasks.ts';
import { seedThreshold } from '../shared/pruning/seed-threshold.ts';
import { SystemPruner } from '../shared/pruning/system-pruner.ts';
import { createRandom, randomInteger } from '../shared/random.ts';
import { BATCH_ROWS } from '../shared/screen/blocks.ts';
import type { BlockPruner } from '../shared/screen/chunk-screener.ts';
import { DEFAULT_LIMITS } from '../shared/screen/ranking-limits.ts';
import { Screener } from '../shared/screen/space-screener.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';

/*
 * A screening with bounds against a full one: seconds of one core, what is bounded away, and whether the rankings are
 * equal. Of a space that is too large to be screened in full, a seeded sample of systems, and what follows for all.
 * node dist/bench/pruning.js [space file] [student file] [top] [threshold; searched for if absent]
 */
const [spaceFile = 'data/spaces/ionic-quinary.json', studentFile = 'models/student.onnx', top = '1000', given] =
  process.argv.slice(2);
const limits = { ...DEFAULT_LIMITS, top: Number(top) };
const MOST_IN_FULL = 1e9; // compositions
const [WINDOWS, IN_WINDOW] = [500, 8]; // of the sample: systems that follow each other

/** Seconds of processor time that this process has used: unlike the clock, it does not count what others do. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function timed<T>(what: string, run: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const begin = processorSeconds();
  const result = await run();
  const seconds = processorSeconds() - begin;
  process.stdout.write(`${what}: ${seconds.toFixed(1)} s\n`);
  return { result, seconds };
}

const bytes = readFileSync(studentFile);
const student = await openStudent(bytes, studentFile, 1);
const encoder = await openEncoder(bytes, studentFile);
const definition = parseSpace(readFileSync(spaceFile, 'utf8'), spaceFile);
const { result: space } = await timed('space', async () => buildSpace(definition));
const systems = space.classes.reduce((sum, cls) => sum + cls.systems, 0);
process.stdout.write(`${space.compositions} compositions, ${systems} systems\n`);
const seed =
  given === undefined
    ? await timed('threshold', () => seedThreshold(space, limits, inThisThread({ student, encoder })))
    : undefined;
const threshold = seed?.result ?? Number(given);
process.stdout.write(`threshold ${threshold}\n`);
const pruner = new SystemPruner(space, student, encoder, threshold);

const screen = (spare?: BlockPruner) =>
  new Screener(space, student, limits, spare).screen(
    { chunk: 0, start: 0, end: space.compositions },
    '0'.repeat(20),
    () => undefined,
  );

async function compare(): Promise<void> {
  const pruned = await timed('screening with bounds', () => screen(pruner));
  const full = await timed('full screening', () => screen());
  const { systems: spared, compositions } = pruned.result.bounded ?? { systems: 0, compositions: 0 };
  const isEqual = ['indices', 'logits'].every((key) => {
    const [a, b] = [pruned.result.best, full.result.best].map((best) => String(best[key as 'indices' | 'logits']));
    return a === b;
  });
  process.stdout.write(
    `bounded away: ${spared} systems, ${((100 * compositions) / space.compositions).toFixed(2)} % of the compositions; ` +
      `time ${((100 * ((seed?.seconds ?? 0) + pruned.seconds)) / full.seconds).toFixed(1)} % of a full screening; ` +
      `rankings ${isEqual ? 'equal' : 'DIFFERENT'}, ${full.result.best.indices.length} compositions, ` +
      `the last with logit ${full.result.best.logits.at(-1)}\n`,
  );
}

/** Compositions per second that the student's head alone scores in batches of the usual size. */
async function kernelRate(): Promise<number> {
  const encoded = await student.encode(
    BigInt64Array.from({ length: 6 }, (_, e) => BigInt(e)),
    1,
  );
  const amounts = student.prepare(new Float32Array(6 * BATCH_ROWS).fill(1), 6);
  const begin = processorSeconds();
  for (let call = 0; call < 200; call++) await encoded.logits([0], amounts);
  return (200 * BATCH_ROWS) / (processorSeconds() - begin);
}

/** Of systems drawn by chance, shares that are bounded away, and compositions of a system that are scored on average. */
async function drawSystems(): Promise<{ spared: number; scored: number }> {
  const random = createRandom(1);
  let [spared, scored] = [0, 0];
  for (let window = 0; window < WINDOWS; window++) {
    let system = randomInteger(random, systems);
    const classNumber = space.classes.findIndex((cls) => {
      system -= cls.systems;
      return system < 0;
    });
    const cls = space.classes[classNumber];
    const first = system + cls.systems;
    const count = Math.min(IN_WINDOW, cls.systems - first);
    for (let s = first; s < first + count; s++) {
      const isSpared = await pruner.sparesBlock({ classNumber, firstSystem: s, systems: 1 }, Uint32Array.of(0));
      if (isSpared) spared += 1 / count / WINDOWS;
      else scored += cls.stoichiometries / count / WINDOWS;
    }
  }
  return { spared, scored };
}

async function sample(): Promise<void> {
  await kernelRate();
  const before = await kernelRate();
  const { result, seconds } = await timed('sample', drawSystems);
  const rate = (before + (await kernelRate())) / 2;
  const perSystem = seconds / WINDOWS / IN_WINDOW;
  const scored = result.scored * systems;
  const all = (seed?.seconds ?? 0) + perSystem * systems + scored / rate;
  process.stdout.write(
    `bounded away: ${(100 * result.spared).toFixed(2)} % of the systems, ` +
      `${(100 * (1 - scored / space.compositions)).toFixed(2)} % of the compositions; ${scored.toExponential(2)} are scored\n` +
      `the student alone scores ${(rate / 1e6).toFixed(2)}e6/s; a system's bound takes the time of ${Math.round(perSystem * rate)} compositions\n` +
      `${Math.round(perSystem * systems)} s bounding + ${Math.round(scored / rate)} s scoring: ${(all / 60).toFixed(0)} min of one core, ` +
      `${((100 * all * rate) / space.compositions).toFixed(2)} % of a full screening\n`,
  );
}

if (space.compositions <= MOST_IN_FULL) await compare();
else await sample();
process.stdout.write(`${cpus()[0].model}, Node ${process.version}, ${process.arch}\n`);
