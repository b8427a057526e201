import { type Random, randomNormal } from '../random.ts';
import {
  CHILD_LATENCY,
  CHILDREN_PER_SECOND,
  CHUNK_START,
  COLD_START,
  ENVIRONMENTS_AT_ONCE,
  ENVIRONMENTS_PER_SECOND,
  FAILING_TRIES,
} from './cloud-figures.ts';
import { EventQueue } from './event-queue.ts';
import { longestDelay, OTHER_RETRY, type RetryPolicy, SERVICE_RETRY, THROTTLING_RETRY } from './retries.ts';

/** A distributed map over the chunks of a run. */
export interface SimulatedMap {
  readonly chunks: number;
  readonly vcpuSeconds: number; // of one vCPU that a chunk takes to be scored, in the median
  readonly spread: number; // of the logarithm of the time of a chunk
  readonly vcpus: number; // of a function that one thread can use
  readonly maxConcurrency: number; // children at once
  readonly lambdaConcurrency: number; // functions that may run at once
  readonly timeoutSeconds: number; // after which a try is stopped
}

/** What came of it. */
export interface MapOutcome {
  readonly seconds: number; // from the first child to the end of the last
  readonly billedSeconds: number; // of functions
  readonly tries: number; // that ran
  readonly throttled: number; // tries that were turned away
  readonly coldStarts: number;
  readonly lost: number; // chunks whose tries all failed: the run would fail
}

const [TRYING, RUNNING, FAILING, TIMING_OUT] = [0, 1, 2, 3];

/** Simulate a map, event by event: starts of children, tries, throttling, backoff, ends. Equal for equal randomness. */
export function simulateMap(map: SimulatedMap, random: Random): MapOutcome {
  return new MapSimulation(map, random).run();
}

class MapSimulation {
  private readonly map: SimulatedMap;
  private readonly random: Random;
  private readonly queue: EventQueue;
  private readonly state: Uint8Array; // of the child in each place of the map
  private readonly turnedAway: Uint16Array; // tries of it so far
  private readonly failures: Uint8Array; // the same
  private begun: number;
  private running = 0;
  private idle = 0; // environments that are up
  private fresh = ENVIRONMENTS_AT_ONCE; // environments that may come up now
  private freshAt = 0; // when that was so
  private billedSeconds = 0;
  private tries = 0;
  private throttled = 0;
  private coldStarts = 0;
  private lost = 0;

  constructor(map: SimulatedMap, random: Random) {
    const places = Math.min(map.maxConcurrency, map.chunks);
    this.map = map;
    this.random = random;
    this.queue = new EventQueue(places);
    this.state = new Uint8Array(places);
    this.turnedAway = new Uint16Array(places);
    this.failures = new Uint8Array(places);
    this.begun = places;
    for (let place = 0; place < places; place++) this.queue.push(place, place / CHILDREN_PER_SECOND);
  }

  run(): MapOutcome {
    let seconds = 0;
    for (let place = this.queue.pop(); place >= 0; place = this.queue.pop()) {
      const now = this.queue.times[place];
      seconds = Math.max(seconds, now);
      if (this.state[place] === TRYING) this.try(place, now);
      else this.end(place, now);
    }
    const { billedSeconds, tries, throttled, coldStarts, lost } = this;
    return { seconds, billedSeconds, tries, throttled, coldStarts, lost };
  }

  private try(place: number, now: number): void {
    if (this.running >= this.map.lambdaConcurrency || (this.idle === 0 && !this.mayComeUp(now))) {
      this.throttled++;
      this.queue.push(place, now + this.backoff(THROTTLING_RETRY, this.turnedAway[place]++));
      return;
    }
    const isCold = this.idle === 0;
    if (isCold) this.coldStarts++;
    else this.idle--;
    this.running++;
    this.tries++;
    this.queue.push(place, now + this.start(place, isCold));
  }

  /** @returns seconds that the try takes, whatever becomes of it */
  private start(place: number, isCold: boolean): number {
    const { vcpuSeconds, spread, vcpus, timeoutSeconds } = this.map;
    const start = CHUNK_START + (isCold ? this.varied(COLD_START.median, COLD_START.spread) : 0);
    let seconds = (start + this.varied(vcpuSeconds, spread)) / vcpus;
    this.state[place] = RUNNING;
    if (seconds > timeoutSeconds) {
      this.state[place] = TIMING_OUT;
      seconds = timeoutSeconds;
    } else if (this.random() < FAILING_TRIES) {
      this.state[place] = FAILING;
      seconds *= this.random();
    }
    this.billedSeconds += seconds;
    return seconds;
  }

  private end(place: number, now: number): void {
    const state = this.state[place];
    this.running--;
    this.idle++;
    this.state[place] = TRYING;
    if (state !== RUNNING) {
      const policy = state === FAILING ? SERVICE_RETRY : OTHER_RETRY;
      const attempt = this.failures[place]++;
      if (attempt < policy.maxAttempts) {
        this.queue.push(place, now + this.backoff(policy, attempt));
        return;
      }
      this.lost++;
    }
    this.turnedAway[place] = 0;
    this.failures[place] = 0;
    if (this.begun === this.map.chunks) return;
    this.begun++;
    this.queue.push(place, now + CHILD_LATENCY);
  }

  /** Environments come up as the account's rate allows. */
  private mayComeUp(now: number): boolean {
    this.fresh = Math.min(ENVIRONMENTS_AT_ONCE, this.fresh + (now - this.freshAt) * ENVIRONMENTS_PER_SECOND);
    this.freshAt = now;
    if (this.fresh < 1) return false;
    this.fresh--;
    return true;
  }

  private backoff(policy: RetryPolicy, attempt: number): number {
    return this.random() * longestDelay(policy, attempt);
  }

  private varied(median: number, spread: number): number {
    return median * Math.exp(spread * randomNormal(this.random));
  }
}
