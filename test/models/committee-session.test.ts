import { describe, expect, it } from 'vitest';
import { atomicNumber } from '../../shared/chemistry/elements.ts';
import { sha256 } from '../../shared/hash.ts';
import { openCommittee, readCommitteeMetadata } from '../../shared/models/committee-session.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { decodeModel, encodeModel, type Model } from '../../shared/onnx/onnx-model.ts';
import { randomCommittee } from '../random-committee.ts';
import { randomStudent } from '../random-student.ts';

const SYMBOLS = ['Li', 'O', 'P', 'S'];
const bytes = randomCommittee(SYMBOLS);

/** The committee with something changed. */
function changed(change: (model: Model) => void): Uint8Array {
  const model = decodeModel(bytes);
  change(model);
  return encodeModel(model);
}

const withMetadata = (key: string, value: string): Uint8Array =>
  changed((model) => {
    for (const entry of model.metadataProps ?? []) if (entry.key === key) entry.value = value;
  });

describe('committee session', () => {
  it('says what it was made from', async () => {
    const session = await openCommittee(bytes, 'committee.onnx');
    expect(session.hash).toBe(sha256(bytes));
    expect(session.metadata).toEqual(readCommitteeMetadata(bytes, 'committee.onnx'));
    expect(session.metadata).toMatchObject({ schema: 'committee-1', mobileIon: 'Li', labelsHash: '1'.repeat(64) });
    expect(session.metadata.symbols).toEqual(['Li', 'O', 'P', 'S']);
    expect(['O', 'S', 'Na'].map((symbol) => session.rowOf(atomicNumber(symbol) as number))).toEqual([1, 3, -1]);
    await session.release();
  });

  it.each([
    ['no model', Buffer.from('no model'), /no ONNX model/],
    ['a student', randomStudent(SYMBOLS), /schema is "1", expected "committee-1"/],
    ['another schema', withMetadata('schema', 'committee-9'), /schema is "committee-9"/],
    ['an element that is none', withMetadata('element_symbols', 'Li O P Xx'), /Xx/],
    ['more elements than its table has', withMetadata('element_symbols', 'Li O P S Cl'), /cannot score its 5 elements/],
    ['a threshold that is none', withMetadata('threshold', '2'), /threshold 2/],
    [
      'another output',
      changed(({ graph }) => graph?.output?.pop()),
      /its outputs are \[probability_mean float rank 1\]/,
    ],
  ])('refuses %s', async (_, model, message) => {
    await expect(openCommittee(model, 'committee.onnx')).rejects.toThrow(message);
    await expect(openCommittee(model, 'committee.onnx')).rejects.toThrow(/committee\.onnx: .*ionsieve committee/);
  });

  it('is itself refused as a student', async () => {
    await expect(openStudent(bytes, 'student.onnx')).rejects.toThrow(/schema is "committee-1", expected "1"/);
  });
});
