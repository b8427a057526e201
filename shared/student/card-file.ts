import { IntegrityError } from '../errors.ts';
import { openSealedJson, sealJson } from '../io/sealed-json.ts';

/** Name of the card beside a model: `student.onnx` has `student.card.json`. */
export function cardName(model: string): string {
  return `${model.replace(/\.onnx$/i, '')}.card.json`;
}

/** A card as the bytes of its file, which vouches for itself. */
export function encodeCard(card: object): Uint8Array {
  return sealJson(card);
}

/**
 * Read the card of a model.
 *
 * @throws {IntegrityError} if it is damaged
 */
export function decodeCard(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  return openSealedJson(
    bytes,
    (problem) =>
      new IntegrityError(
        problem,
        { file },
        'Restore the card that was made with the model, or delete it: it is only shown.',
      ),
  );
}
