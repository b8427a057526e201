import { InputError } from '../../shared/errors.ts';

/** Names the options of a function in the place of an error. */
export const LIBRARY_OPTIONS = 'options';

/** Run work; an error about an event, or an option of the command line, is thrown as one about the option of a function. */
export async function asLibrary<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw aboutOption(error);
  }
}

function aboutOption(error: unknown): unknown {
  if (!(error instanceof InputError)) return error;
  const { file, line, column } = error.place;
  const isOption = file === LIBRARY_OPTIONS || file?.startsWith('event of ') === true;
  if (!isOption && column?.startsWith('--') !== true) return error;
  const place = { file: isOption ? undefined : file, line, column: column?.replace(/^--/, '') };
  const remedy = error.remedy === 'Correct the event.' ? 'Correct the option.' : error.remedy;
  return new InputError(error.problem, place, remedy, { cause: error });
}
