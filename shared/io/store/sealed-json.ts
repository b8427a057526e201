import { sha256 } from '../../hash.ts';
import { formatJson, parseBoundedJson } from '../../json.ts';
import { MAX_TEXT } from '../../limits.ts';
import { checkShape, type Refuse, readJson, type Shape } from '../../shape.ts';

/** The last field of a sealed file. */
const SEAL = 'sha256';

/**
 * A JSON object as a file that vouches for itself: its last field is the SHA-256 of the file as it is without that field.
 *
 * @param value whose own field of this name, if it was sealed before, is replaced
 */
export function sealJson(value: object): Uint8Array {
  const { [SEAL]: _, ...content } = value as Record<string, unknown>;
  return Buffer.from(jsonFile({ ...content, [SEAL]: sha256(jsonFile(content)) }));
}

/**
 * Read what {@link sealJson} gave. Every byte counts, also blanks and the order of fields.
 *
 * @param shape of its content
 * @param damaged makes the error of what is wrong
 * @throws what `damaged` gives, if it is no JSON object, has no seal, is not what was sealed, or is of another shape
 */
export function readSealedJson<T extends object>(shape: Shape<T>, bytes: Uint8Array, damaged: Refuse): T {
  return checkShape(shape, openSealedJson(bytes, damaged), damaged);
}

/** The content, whose seal is checked, and nothing else of it. */
function openSealedJson(bytes: Uint8Array, damaged: Refuse): Readonly<Record<string, unknown>> {
  const parse = (text: string): unknown => parseBoundedJson(text, MAX_TEXT); // trees of a committee are long
  const value = readJson(Buffer.from(bytes).toString(), damaged, parse);
  const { [SEAL]: said, ...content } = Object(value) as Record<string, unknown>;
  if (said === undefined)
    throw damaged(`it has no field ${SEAL} for its own hash: it is damaged, or of an earlier version`);
  if (Buffer.compare(sealJson(content), bytes) === 0) return content;
  throw damaged(`its own hash is not that of its content: ${JSON.stringify(said)} is in its field ${SEAL}`);
}

function jsonFile(value: object): string {
  return formatJson(value);
}
