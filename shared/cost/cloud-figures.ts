/**
 * What a run in the cloud is predicted from. "Measured" is on x86-64 machines with two cores, by `npm run bench` or as said;
 * "published" is AWS's documentation; "assumed" is neither, and to be replaced after a first run.
 */

/** Assumed for Lambda's arm64 processors; x86-64 cores with AVX-512 reach 1.1e7 to 1.4e7 each (measured). */
export const COMPOSITIONS_PER_VCPU_SECOND = 5e6;

/** Assumed: by what factor the rate of a run may be above or below that, until it has been measured there. */
export const RATE_FACTOR = 1.4;

/** Published: new environments of one function at once, and a second: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const [ENVIRONMENTS_AT_ONCE, ENVIRONMENTS_PER_SECOND] = [1000, 100];
/** Assumed: children that a distributed map starts in a second. Its state transitions may be 800 a second in most regions (published). */
export const CHILDREN_PER_SECOND = 200;
/** Assumed: seconds from the end of a chunk to the next one of its place in the map. */
export const CHILD_LATENCY = 0.2;

/**
 * Seconds of one vCPU that an environment takes to come up, in the median, and the spread of their logarithm: 0.55 from the
 * start of Node.js to the first batch (measured: fifteen starts, 0.30 to 1.09 s, spread 0.3), the rest for sandbox and code
 * (assumed).
 */
export const COLD_START = { median: 1.2, spread: 0.3 } as const;
/** Seconds of one vCPU that a chunk takes beside scoring: 0.1 to read and check its part of the plan (measured), and answers of S3 (assumed). */
export const CHUNK_START = 0.3;
/** Spread of the time that equal chunks take (assumed): that of the logarithm. */
export const CHUNK_SPREAD = 0.15;
/** The same with bounds: a few systems, which lie together, decide how much is scored. Of thirteen chunks of the trillion space (measured). */
export const BOUNDED_CHUNK_SPREAD = 0.5;
/** Assumed: tries of a chunk that fail for reasons that a second try mends. */
export const FAILING_TRIES = 1e-3;

/** Seconds around the map: planning and reducing come up, transitions, notification (assumed). */
export const AROUND_MAP = 10;
/**
 * Seconds of one vCPU that planning a space takes, for each system and for each stoichiometry of a class; measured: 0.6, 3.5
 * and 36 s for the spaces ionic-quinary, paper-scale and trillion.
 */
export const [PLANNING_PER_SYSTEM, PLANNING_PER_STOICHIOMETRY] = [7e-7, 7.2e-10];
/** The same for each system where a threshold for bounds is looked for; measured: 150 s more for the trillion space. */
export const BOUNDING_PER_SYSTEM = 2.4e-5;
/** Seconds that the map takes to list and write each of its children's outcomes (assumed). */
export const LISTING_PER_CHUNK = 1e-3;
/** Seconds that reducing takes for each result, sixteen read at once (assumed answers of S3), and for each of its bytes (assumed). */
export const [REDUCING_PER_RESULT, REDUCING_PER_BYTE] = [3e-3, 2e-8];
/** Compositions that the committee scores in a second of one vCPU, at the end (measured). */
export const RESCORED_PER_SECOND = 9e4;

/** Bytes of a chunk's result without its best compositions, and for each of them. */
export const [RESULT_BYTES, ENTRY_BYTES] = [2900, 12];

/** The same that the time-out of a function in the cloud has to allow; how long chunks are there is chosen by simulation. */
export const CLOUD_CHUNK_SECONDS = 30;
