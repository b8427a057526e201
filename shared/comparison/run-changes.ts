import { type RunSummary, sourceName } from '../report/summary.ts';

/** A run as far as its inputs are told. */
export interface RunInputs {
  readonly summary: RunSummary;
  readonly teacherHash?: string; // of the student's teacher, where the student is at hand
}

/** What of the inputs of two runs differs, as a reader is told it. */
export interface RunChange {
  readonly what: string; // such as student, space or option top
  readonly before: string;
  readonly after: string;
}

/** Why two rankings differ: everything that decides on a ranking and is not the same. Empty for equal inputs. */
export function runChanges(before: RunInputs, after: RunInputs): RunChange[] {
  // a teacher that is known of one run alone tells no difference
  const areKnown = before.teacherHash !== undefined && after.teacherHash !== undefined;
  const [earlier, later] = [before, after].map((run) => inputsOf(areKnown ? run : { summary: run.summary }));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap((what) => {
    const [was, is] = [earlier.get(what) ?? 'none', later.get(what) ?? 'none'];
    return was === is ? [] : [{ what, before: was, after: is }];
  });
}

/** Inputs by name, in the order in which they are told. */
function inputsOf({ summary, teacherHash }: RunInputs): ReadonlyMap<string, string> {
  const { space, list, student, committee, labels, measured, options } = summary;
  const { criteria = {}, ...plain } = options;
  const hashed = (file: typeof committee | undefined): string | undefined =>
    file === undefined ? undefined : 'hash' in file ? short(file.hash) : `none: ${file.absent}`;
  const entries: readonly (readonly [string, string | undefined])[] = [
    ['space', space && `${sourceName(summary)}, ${space.compositions} compositions in ${space.systems} systems`],
    ['list', list && `${list.name}, ${list.files.map(({ sha256 }) => short(sha256)).join(' ')}`],
    ['teacher', teacherHash === undefined ? undefined : short(teacherHash)],
    ['student', short(student.hash)],
    ['threshold', String(student.threshold)],
    ['committee', hashed(committee)],
    ['labels', hashed(labels)],
    ['measurements', hashed(measured)],
    ...Object.entries({ ...plain, ...criteria }).map(([name, value]) => [`option ${name}`, String(value)] as const),
  ];
  return new Map(entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
