import type { ByteRange } from '../store/byte-source.ts';
import type { ObjectStore } from '../store/store.ts';

const WINDOW = 1 << 16; // bytes fetched at once in search of a line break
const LINE_BREAK = 0x0a;

/**
 * Cut an object of lines into ranges of whole lines that tile it. Each ends with the line in which it would exceed
 * `target` bytes.
 *
 * @param size of the object, bytes
 */
export async function cutIntoLineRanges(
  store: ObjectStore,
  key: string,
  size: number,
  target: number,
): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  for (let start = 0; start < size; ) {
    const end = start + target >= size ? size : await endOfLine(store, key, size, start + target);
    ranges.push({ start, end });
    start = end;
  }
  return ranges;
}

/** The first byte after the line that byte `from` belongs to. */
async function endOfLine(store: ObjectStore, key: string, size: number, from: number): Promise<number> {
  for (let start = from; start < size; start += WINDOW) {
    const bytes = await store.getRange(key, start, Math.min(start + WINDOW, size));
    const found = bytes.indexOf(LINE_BREAK);
    if (found >= 0) return start + found + 1;
  }
  return size;
}
