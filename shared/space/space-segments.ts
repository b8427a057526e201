import { type FilePart, filePart, lineEnds } from '../io/store/file-part.ts';
import { classesFromJson, type Space, type StoichiometryClass } from './space.ts';

/** Consecutive whole classes of a space: their lines of `classes.json` and their rows of `systems.bin`. */
export interface SpaceSegment {
  readonly compositionsEnd: number; // index, exclusive; its first composition follows those of the segment before
  readonly classes: FilePart;
  readonly systems: FilePart;
}

/** Small beside the student, which every chunk reads, and as much as one request brings at once. */
const SEGMENT_BYTES = 128 * 1024;

/**
 * Cut the files of a space into segments.
 *
 * @param json bytes of `classes.json`
 * @param bytes of both files together that a segment has, about
 * @returns in the order of their compositions; parts of a file follow one another without a gap
 */
export function segmentSpace({ classes, systems }: Space, json: Uint8Array, bytes = SEGMENT_BYTES): SpaceSegment[] {
  const segments: SpaceSegment[] = [];
  const ends = lineEnds(json); // of the header, of every class, of what closes the list
  let [classesStart, systemsStart] = [ends[0], 0];
  for (const [c, { arity, systems: count, stoichiometries, offset, systemsOffset }] of classes.entries()) {
    const [classesEnd, systemsEnd] = [ends[c + 1], systemsOffset + count * arity];
    const isFull = classesEnd - classesStart + systemsEnd - systemsStart >= bytes;
    if (!isFull && c + 1 < classes.length) continue;
    segments.push({
      compositionsEnd: offset + count * stoichiometries,
      classes: filePart(json, classesStart, classesEnd),
      systems: filePart(systems, systemsStart, systemsEnd),
    });
    [classesStart, systemsStart] = [classesEnd, systemsEnd];
  }
  return segments;
}

/**
 * The classes of consecutive segments, with the indices that their compositions have in the whole space.
 *
 * @param lines of `classes.json`
 * @param firstComposition index of the first composition of the first of these classes
 * @param file where the lines are from, for messages
 * @returns `systemsOffset` counts from the first row of the first of these classes
 */
export function classesOfLines(lines: string, firstComposition: number, file: string): StoichiometryClass[] {
  const classes = classesFromJson(`{"schema":1,"classes":[${lines.replace(/,?\n$/, '')}]}`, file);
  return classes.map((cls) => ({ ...cls, offset: cls.offset + firstComposition }));
}
