import { describe, expect, it } from 'vitest';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { type Composition, parseFormula } from '../../shared/chemistry/formula.ts';
import { applyCalibration } from '../../shared/committee/calibration.ts';
import { committeeTable, memberStatistics } from '../../shared/committee/committee.ts';
import { type CommitteeSession, openCommittee } from '../../shared/models/committee-session.ts';
import { readModelHeader } from '../../shared/onnx/graph.ts';
import { createRandom, randomInteger } from '../../shared/random.ts';
import { rescore } from '../../shared/ranking/rescore.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { elementFeatures } from '../../shared/student/element-features.ts';
import { randomCommittee, randomCompositions, randomMembers, SOME_CALIBRATION } from '../random-committee.ts';

const SYMBOLS = 'Li H B C N O F Na Mg Al Si P S Cl Fe Ge Br I La'.split(' ');
const number = (symbol: string): number => atomicNumber(symbol) as number;

describe('committee graph', () => {
  const bytes = randomCommittee(SYMBOLS);
  const members = randomMembers(SYMBOLS);

  async function withSession<T>(use: (session: CommitteeSession) => Promise<T>): Promise<T> {
    const session = await openCommittee(bytes, 'committee.onnx');
    return use(session).finally(() => session.release());
  }

  /** Largest difference between graph and forward pass, over means and standard deviations. */
  async function difference(compositions: readonly Composition[]): Promise<number> {
    const table = committeeTable(elementFeatures(SYMBOLS), compositions, number('Li'));
    const expected = applyCalibration(SOME_CALIBRATION, memberStatistics(members, table, compositions.length));
    const { mean, std } = await withSession((session) => rescore(session, compositions));
    expect(new Set(mean).size).toBeGreaterThan(1000); // of five thousand
    return compositions.reduce(
      (most, _, i) => Math.max(most, Math.abs(mean[i] - expected.mean[i]), Math.abs(std[i] - expected.std[i])),
      0,
    );
  }

  it('agrees with the forward pass on five thousand compositions of two to seven elements', async () => {
    expect(await difference(randomCompositions(SYMBOLS, 5000, 3))).toBeLessThan(1e-6);
  });

  it('agrees with it on five thousand of a space, where fractions are simple and descriptors tie', async () => {
    const [elements, anions] = [SYMBOLS.slice(1), ['O', 'S', 'Cl']];
    const text = JSON.stringify({
      name: 'x',
      mobileIon: 'Li',
      elements,
      anions,
      arity: [3, 4],
      maxCoefficient: 8,
      openShells: true,
    });
    const space = buildSpace(parseSpace(text, 'x'));
    const random = createRandom(5);
    const draw = (): Composition => compositionAt(space, randomInteger(random, space.compositions));
    expect(await difference(Array.from({ length: 5000 }, draw))).toBeLessThan(1e-6);
  });

  it('does not depend on the order of a row, nor on what its padding names', async () => {
    await withSession(async (session) => {
      const [li, p, s, cl] = ['Li', 'P', 'S', 'Cl'].map((symbol) => BigInt(session.rowOf(number(symbol))));
      const elements = BigInt64Array.of(li, p, s, cl, 0n, cl, s, 0n, li, p, s, li, 2n, cl, p);
      const amounts = Float32Array.of(6, 1, 5, 1, 0, 1, 5, 0, 6, 1, 5, 6, 0, 1, 1);
      const { mean, std } = await session.score(elements, amounts, 3);
      expect([...mean]).toEqual([mean[0], mean[0], mean[0]]);
      expect([...std]).toEqual([std[0], std[0], std[0]]);
    });
  });

  it('scores multiples of the amounts alike', async () => {
    const multiples = ['Li3PS4', 'Li6P2S8', 'Li0.75P0.25S'].map((text) => parseFormula(text));
    const { mean } = await withSession((session) => rescore(session, multiples));
    expect(new Set(mean).size).toBe(1);
  });

  it('is the same bytes when made again, and names what it takes and gives', () => {
    expect(Buffer.from(randomCommittee(SYMBOLS)).equals(Buffer.from(bytes))).toBe(true);
    const { inputs, outputs } = readModelHeader(bytes);
    expect(inputs.map(({ name, type, rank }) => `${name} ${type} ${rank}`)).toEqual([
      'elements int64 2',
      'amounts float 2',
    ]);
    expect(outputs.map(({ name, rank }) => `${name} ${rank}`)).toEqual(['probability_mean 1', 'probability_std 1']);
  });
});
