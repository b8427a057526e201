/** Digits of a run id, which is the beginning of a SHA-256. */
export const RUN_ID_LENGTH = 20;

const DIGITS = /^[0-9a-f]+$/;

/** Whether a text is the id of a run, such as 0a1b2c3d4e5f6a7b8c9d. */
export function isRunId(text: string): boolean {
  return text.length === RUN_ID_LENGTH && DIGITS.test(text);
}

/** Whether a text may be the beginning of one, as people give it. */
export function beginsRunId(text: string): boolean {
  return text.length <= RUN_ID_LENGTH && DIGITS.test(text);
}
