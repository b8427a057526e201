/** Gives buffers of any length. */
export type BufferSource = (length: number) => Float32Array;

/**
 * Buffers that lie in one, which grows: each is good until the next is asked for, and has what the last one left.
 *
 * Where many are needed one after another: memory outside of the heap is counted by the collector, which then walks
 * through all that is in the heap.
 */
export function keptBuffer(): BufferSource {
  let buffer = new Float32Array(0);
  return (length) => {
    if (buffer.length < length) buffer = new Float32Array(length);
    return buffer.subarray(0, length);
  };
}

export const newBuffer: BufferSource = (length) => new Float32Array(length);
