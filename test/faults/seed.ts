/** Of everything that is drawn at random here: `IONSIEVE_SEED`, 1 by default. */
export const SEED = Number(process.env.IONSIEVE_SEED ?? 1);
if (!Number.isSafeInteger(SEED) || SEED < 0)
  throw new Error(`IONSIEVE_SEED is ${JSON.stringify(process.env.IONSIEVE_SEED)}, expected an integer from 0 on`);
