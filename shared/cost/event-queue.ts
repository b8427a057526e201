/** Which of a fixed number of places has its next event first: a binary heap, without allocation. */
export class EventQueue {
  readonly times: Float64Array; // of the next event, by place
  private readonly heap: Int32Array; // places, the earliest first
  private length = 0;

  /** @param places numbers 0 to `places` (exclusive) */
  constructor(places: number) {
    this.times = new Float64Array(places);
    this.heap = new Int32Array(places);
  }

  /** @param place that has no event yet */
  push(place: number, time: number): void {
    const { heap, times } = this;
    times[place] = time;
    let at = this.length++;
    for (let parent = (at - 1) >> 1; at > 0 && times[heap[parent]] > time; parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = place;
  }

  /** The place with the earliest event, which it then has no more; -1 if there is none. */
  pop(): number {
    const { heap, times } = this;
    if (this.length === 0) return -1;
    const first = heap[0];
    const moved = heap[--this.length];
    const time = times[moved];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.length) break;
      if (child + 1 < this.length && times[heap[child + 1]] < times[heap[child]]) child++;
      if (times[heap[child]] >= time) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return first;
  }
}
