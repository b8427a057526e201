import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing } from './s3-errors.ts';

/** How often and how long S3 is asked for one thing, beyond the tries that the SDK makes of a request. */
export interface Patience {
  readonly attempts: number; // at least 1
  readonly waitMs: number; // before the second attempt at most; doubles from one to the next
  readonly answerMs: number; // that one attempt may take, and longer by its bytes
}

export const PATIENCE: Patience = { attempts: 4, waitMs: 200, answerMs: 120_000 };

const SLOWEST = 100; // bytes a ms: slower is taken for hanging

/** The longest that one attempt may take, in ms. */
export function timeFor(bytes: number, { answerMs }: Patience): number {
  return answerMs + Math.ceil(bytes / SLOWEST);
}

/** Try until it succeeds, no further try may help, or all attempts are made; waits with full jitter in between. */
export async function patiently<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= patience.attempts || !isPassing(error)) throw error;
      await sleep(Math.random() * patience.waitMs * 2 ** (tries - 1));
    }
  }
}

/** All bytes of an answer's body. Throws what the SDK finds wrong with them, or if they do not come in time. */
export async function readBody(body: Readable, limitMs: number): Promise<Uint8Array> {
  const late = new Error(`the answer was not whole after ${Math.round(limitMs / 1000)} s`);
  const timer = setTimeout(() => body.destroy(late), limitMs);
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of body) pieces.push(piece as Uint8Array);
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(pieces);
}
