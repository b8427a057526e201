import * as v from 'valibot';
import { IntegrityError } from '../errors.ts';
import type { PrecisionRecall, ReliabilityBin } from '../learning/curves.ts';
import { fields, finite, listOf, type Refuse, readJson, readShape } from '../shape.ts';
import { decodeCard } from './card-file.ts';

/** How a student did on the systems that one fold held out. */
export interface HeldOutCurves {
  readonly precisionRecall: readonly PrecisionRecall[]; // by rising recall; empty without positives
  readonly reliability: readonly ReliabilityBin[]; // by rising probability
}

/** What they are made of. */
export const CURVES = fields({
  precisionRecall: listOf(fields({ recall: finite, precision: finite })),
  reliability: listOf(fields({ count: finite, probability: finite, positives: finite })),
});
const FOLDS = listOf(fields({ curves: CURVES }));

/**
 * The curves that a card has, one of each kind a fold, as bytes; undefined if it has none.
 *
 * @param file names the card in errors
 * @param modelHash SHA-256 of the model, hexadecimal
 * @throws {IntegrityError} if the card is damaged, or of another model
 */
export function cardCurves(card: Uint8Array, file: string, modelHash: string): Uint8Array | undefined {
  const { folds } = decodeCard(card, file, modelHash);
  if (!v.is(FOLDS, folds) || folds.length === 0) return undefined;
  return Buffer.from(`${JSON.stringify(folds.map(({ curves }) => curves))}\n`);
}

/** Read what {@link cardCurves} gave, whose hash was checked before. */
export function decodeCurves(bytes: Uint8Array, file: string): readonly HeldOutCurves[] {
  const refuse: Refuse = (problem, column) => new IntegrityError(problem, { file, column }, 'Plan the run again.');
  return readShape(listOf(CURVES), readJson(Buffer.from(bytes).toString(), refuse, JSON.parse), refuse);
}
