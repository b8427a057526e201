import type { PrecisionRecall, ReliabilityBin } from '../learning/curves.ts';
import { decodeCard } from './card-file.ts';

/** How a student did on the systems that one fold held out. */
export interface HeldOutCurves {
  readonly precisionRecall: readonly PrecisionRecall[]; // by rising recall; empty without positives
  readonly reliability: readonly ReliabilityBin[]; // by rising probability
}

/**
 * The curves that a card has, one of each kind a fold, as bytes; undefined if it has none.
 *
 * @param file names the card in errors
 * @param modelHash SHA-256 of the model, hexadecimal
 * @throws {IntegrityError} if the card is damaged, or of another model
 */
export function cardCurves(card: Uint8Array, file: string, modelHash: string): Uint8Array | undefined {
  const { folds } = decodeCard(card, file, modelHash);
  if (!Array.isArray(folds) || folds.length === 0) return undefined;
  const curves = folds.map((fold: { curves?: unknown } | null) => fold?.curves);
  return curves.every(areCurves) ? Buffer.from(`${JSON.stringify(curves)}\n`) : undefined;
}

/** Read what {@link cardCurves} gave, whose hash was checked before. */
export function decodeCurves(bytes: Uint8Array): readonly HeldOutCurves[] {
  return JSON.parse(Buffer.from(bytes).toString()) as readonly HeldOutCurves[];
}

function areCurves(value: unknown): value is HeldOutCurves {
  const { precisionRecall, reliability } = Object(value) as Partial<Record<keyof HeldOutCurves, unknown>>;
  return (
    areRows(precisionRecall, ['recall', 'precision']) && areRows(reliability, ['count', 'probability', 'positives'])
  );
}

function areRows(rows: unknown, names: readonly string[]): boolean {
  return Array.isArray(rows) && rows.every((row) => names.every((name) => Number.isFinite(Object(row)[name])));
}
