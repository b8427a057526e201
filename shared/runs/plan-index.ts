import { type FilePart, filePart, lineEnds } from '../io/store/file-part.ts';
import { fields, integer, listOf, readJson, readShape, type Shape, text } from '../shape.ts';
import type { SpaceSegment } from '../space/space-segments.ts';
import { damagedIn } from './run-plan.ts';

/** `index.json`: where in the larger files of a plan is what a chunk needs, and by which hashes that is checked. */
export interface PlanIndex {
  readonly chunks: readonly FilePart[]; // of `chunks.json`, {@link CHUNKS_PER_PART} lines each
  readonly space: readonly SpaceSegment[]; // in the order of their compositions
}

/** Lines of `chunks.json` that are read at once: about 20 KB. */
export const CHUNKS_PER_PART = 256;

/** @param bytes of `chunks.json` */
export function indexChunks(bytes: Uint8Array): FilePart[] {
  const [first, ...ends] = lineEnds(bytes).slice(0, -1); // without the line that closes the list
  const parts: FilePart[] = [];
  for (let start = first, at = CHUNKS_PER_PART; start < (ends.at(-1) ?? 0); at += CHUNKS_PER_PART) {
    const end = ends[Math.min(at, ends.length) - 1];
    parts.push(filePart(bytes, start, end));
    start = end;
  }
  return parts;
}

export function encodePlanIndex(index: PlanIndex): Uint8Array {
  return Buffer.from(`${JSON.stringify(index)}\n`);
}

const PART: Shape<FilePart> = fields({ start: integer(), end: integer(), sha256: text });
const INDEX: Shape<PlanIndex> = fields({
  chunks: listOf(PART),
  space: listOf(fields({ compositionsEnd: integer(), classes: PART, systems: PART })),
});

/** @param bytes whose hash was checked before @param name of the file, for messages */
export function decodePlanIndex(bytes: Uint8Array, name: string): PlanIndex {
  return readShape(INDEX, readJson(Buffer.from(bytes).toString(), damagedIn(name), JSON.parse), damagedIn(name));
}
