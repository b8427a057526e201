import { IntegrityError } from '../errors.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import { fields, type Refuse, type Shape, text } from '../shape.ts';

/** Name of the card beside a model: `student.onnx` has `student.card.json`. */
export function cardName(model: string): string {
  return `${model.replace(/\.onnx$/i, '')}.card.json`;
}

/** A card as the bytes of its file, which vouches for itself. */
export function encodeCard(card: object): Uint8Array {
  return sealJson(card);
}

const CARD = fields({ modelHash: text });

/**
 * Read the card of a model, whatever else is in it.
 *
 * @param modelHash SHA-256 of the model beside it, hexadecimal
 * @throws {IntegrityError} if it is damaged, or tells of another model than the one beside it
 */
export function decodeCard(bytes: Uint8Array, file: string, modelHash?: string): Readonly<Record<string, unknown>> {
  return readCard(CARD, bytes, file, modelHash);
}

/** The same with further fields that a reader needs. */
export function readCard<T extends { readonly modelHash: string }>(
  shape: Shape<T>,
  bytes: Uint8Array,
  file: string,
  modelHash?: string,
): T {
  const refuse: Refuse = (problem, column) => {
    const remedy = 'Restore the card that was made with the model, or delete it: it is only shown.';
    return new IntegrityError(problem, { file, column }, remedy);
  };
  const card = readSealedJson(shape, bytes, refuse);
  if (modelHash === undefined || card.modelHash === modelHash) return card;
  throw new IntegrityError(
    `it tells of a model with the SHA-256 ${card.modelHash}, and the one beside it has ${modelHash}`,
    { file },
    'The model is damaged, or another one was put in its place: restore it, or delete the card if it is meant to be so.',
  );
}
