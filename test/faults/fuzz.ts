import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { InputError, IntegrityError } from '../../shared/errors.ts';
import { createRandom, type Random } from '../../shared/random.ts';
import { mutate, mutateJson, pick } from './mutate.ts';
import { SEED } from './seed.ts';

/** A reader and what it is fed with. */
export interface FuzzTarget<T> {
  readonly name: string;
  readonly inputs: number; // how many are tried
  readonly corpus: readonly (string | Uint8Array)[]; // good inputs, and bad ones that were found
  readonly words?: readonly string[]; // of the format
  readonly json?: boolean; // also change the parsed JSON of an input
  /** Read an input: bytes as they are, text decoded. */
  readonly read: (bytes: Uint8Array) => T | Promise<T>;
  /** What is wrong with an accepted value, such as an amount that is not finite. */
  readonly problem?: (value: T) => string | undefined;
  /** Mend what hides the rest of an input from the reader, such as a checksum. */
  readonly mend?: (bytes: Uint8Array) => Uint8Array;
}

const SHARE = process.env.IONSIEVE_FAULTS === 'short' ? 0.02 : 1;
const SLOW = 2000; // ms that one input may take
const STALL = 60_000; // ms after which an input hangs
const KEPT_SHARE = 0.01; // of accepted inputs
const MOST_KEPT = 1000; // inputs that are built upon
const LONGEST_KEPT = 20_000; // bytes
const LONGEST_MESSAGE = 10_000; // characters

/**
 * Feed a reader with a seeded sequence of inputs. Each ends in a value without a problem, or in an error that names a place.
 * Inputs whose outcome is new are built upon, so that the sequence goes ever deeper.
 */
export function fuzz<T>(target: FuzzTarget<T>): void {
  const inputs = Math.ceil(target.inputs * SHARE);
  it(`${target.name}: ${inputs} inputs end in a value or in an error with a place`, async () => {
    const random = createRandom(SEED);
    const corpus = target.corpus.map((input) => Buffer.from(input));
    const good = [...corpus]; // accepted
    const outcomes = new Map<string, number>();
    const watched = watch(target.name);
    const findings: string[] = [];
    try {
      for (const seed of corpus) expect(await outcomeOf(target, seed)).not.toContain('finding');
      for (let i = 0; i < inputs && findings.length < 5; i++) {
        watched.input(i);
        const input = nextInput(target, corpus, good, random);
        const outcome = await outcomeOf(target, input);
        if (outcome.startsWith('finding')) findings.push(`input ${i}: ${outcome}\n${shown(input)}`);
        const isNew = !outcomes.has(outcome);
        if (outcome === 'value' && good.length < MOST_KEPT && random() < KEPT_SHARE && input.length < LONGEST_KEPT)
          good.push(Buffer.from(input));
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        if (isNew && corpus.length < MOST_KEPT && input.length < LONGEST_KEPT) corpus.push(Buffer.from(input));
      }
    } finally {
      await watched.end();
    }
    process.stdout.write(
      `${target.name}: ${inputs} inputs, ${outcomes.get('value') ?? 0} accepted, ${outcomes.size} kinds of outcome\n`,
    );
    expect(findings).toEqual([]);
  });
}

function nextInput<T>(
  { words = [], json, mend }: FuzzTarget<T>,
  corpus: readonly Buffer[],
  good: readonly Buffer[],
  random: Random,
): Uint8Array {
  const base = pick(random() < 0.6 ? good : corpus, random);
  const parsed = json === true && random() < 0.6 ? parse(base) : undefined;
  const mutated =
    parsed === undefined
      ? mutate(base, random, corpus, words)
      : Buffer.from(JSON.stringify(mutateJson(parsed.value, random)) ?? 'null');
  return mend === undefined || random() < 0.1 ? mutated : mend(mutated);
}

function parse(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return undefined;
  }
}

/** What became of an input, in words that are equal for what is alike; `finding: …` if it must not be. */
async function outcomeOf<T>({ read, problem }: FuzzTarget<T>, input: Uint8Array): Promise<string> {
  const start = performance.now();
  let outcome: string;
  try {
    const value = await read(input);
    const bad = problem?.(value);
    outcome = bad === undefined ? 'value' : `finding: accepted, and ${bad}`;
  } catch (error) {
    outcome = errorOutcome(error);
  }
  const took = performance.now() - start;
  return took > SLOW ? `finding: took ${Math.round(took)} ms` : outcome;
}

function errorOutcome(error: unknown): string {
  if (!(error instanceof InputError || error instanceof IntegrityError))
    return `finding: ${(error as Error)?.stack ?? error}`;
  const { file, line, column } = error.place;
  if (file === undefined && line === undefined && column === undefined) return `finding: no place: ${error.message}`;
  if (error.message.length > LONGEST_MESSAGE) return `finding: a message of ${error.message.length} characters`;
  const kind = error.problem.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/[-\d.e+]*\d/g, '0');
  return `${column ?? ''} ${kind.slice(0, 60)}`;
}

function shown(input: Uint8Array): string {
  return JSON.stringify(Buffer.from(input).toString('latin1').slice(0, 3000));
}

/** Ends the process if one input takes for ever: nothing else can stop it. */
function watch(name: string): { input(i: number): void; end(): Promise<unknown> } {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { workerData } = require('node:worker_threads');
    const { writeSync } = require('node:fs');
    let [last, since] = [-1, Date.now()];
    setInterval(() => {
      const now = Atomics.load(workerData.shared, 0);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (Date.now() - since > ${STALL}) {
        writeSync(2, workerData.name + ': input ' + now + ' hangs\\n');
        process.kill(process.pid, 'SIGKILL');
      }
    }, 1000);`;
  const worker = new Worker(code, { eval: true, workerData: { shared, name } });
  worker.on('error', (error) => writeSync(2, `${name}: ${error.message}\n`));
  return { input: (i) => void Atomics.store(shared, 0, i), end: () => worker.terminate() };
}
