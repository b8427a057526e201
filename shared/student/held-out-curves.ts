import type { PrecisionRecall, ReliabilityBin } from '../teacher/curves.ts';

/** How a student did on the systems that one fold held out. */
export interface HeldOutCurves {
  readonly precisionRecall: readonly PrecisionRecall[]; // by rising recall; empty without positives
  readonly reliability: readonly ReliabilityBin[]; // by rising probability
}

/** Name of the card beside a model: `student.onnx` has `student.card.json`. */
export function cardName(model: string): string {
  return `${model.replace(/\.onnx$/i, '')}.card.json`;
}

/**
 * The curves that a card has, one of each kind a fold, as bytes; undefined if it is no card, of another model, or of a
 * version that kept none.
 *
 * @param modelHash SHA-256 of the model, hexadecimal
 */
export function cardCurves(card: Uint8Array, modelHash: string): Uint8Array | undefined {
  let fields: { readonly modelHash?: unknown; readonly folds?: unknown };
  try {
    fields = Object(JSON.parse(Buffer.from(card).toString()));
  } catch {
    return undefined;
  }
  if (fields.modelHash !== modelHash || !Array.isArray(fields.folds) || fields.folds.length === 0) return undefined;
  const curves = fields.folds.map((fold: { curves?: unknown } | null) => fold?.curves);
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
