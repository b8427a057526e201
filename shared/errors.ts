import { MAX_MESSAGE } from './limits.ts';

/** Where a bad value was found. Each part is optional; the message reads `file:line:column: …`. */
export interface Place {
  readonly file?: string | undefined;
  readonly line?: number | undefined; // 1-based
  readonly column?: string | undefined; // name of a column, key or tag
}

/** Base of every error that ionsieve raises on purpose: what is wrong, where, and what to do about it. */
export class IonsieveError extends Error {
  override readonly name: string = 'IonsieveError';
  readonly problem: string;
  readonly place: Place;
  readonly remedy: string;

  constructor(problem: string, place: Place, remedy: string, options?: ErrorOptions) {
    const said = quotable(problem);
    const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
    super(`${where === '' ? '' : `${quotable(where)}: `}${said}. ${quotable(remedy)}`, options);
    this.problem = said;
    this.place = place;
    this.remedy = remedy;
  }
}

/** A message quotes bad values and names of files. One may be as long as a file, or have control codes for a terminal. */
function quotable(text: string): string {
  const clipped =
    text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE / 2)} … ${text.slice(-MAX_MESSAGE / 4)}` : text;
  return clipped.replace(/[^\P{Cc}\n\t]/gu, (code) => `\\x${code.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The user's input (file, option, formula) is not usable. The CLI exits with 2. */
export class InputError extends IonsieveError {
  override readonly name = 'InputError';
}

/** A stored artifact (plan, chunk result, model) is damaged, incomplete or of another run. The CLI exits with 3. */
export class IntegrityError extends IonsieveError {
  override readonly name = 'IntegrityError';
}

/** A store gave no usable answer, however often it was asked. It may do so later: workflows try again. */
export class StoreError extends IonsieveError {
  override readonly name = 'StoreError';
}

/** A descriptor has no value for a structure; `reason` groups such structures in reports. */
export class DescriptorUndefinedError extends IonsieveError {
  override readonly name = 'DescriptorUndefinedError';
  readonly reason: string;

  constructor(reason: string, structureId: string) {
    super(reason, { file: structureId }, 'The structure has no score and is reported as skipped.');
    this.reason = reason;
  }
}
