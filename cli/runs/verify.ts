import { basename, dirname, resolve } from 'node:path';
import { InputError, IntegrityError } from '../../shared/errors.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { beginsRunId } from '../../shared/run-id.ts';
import { type Verification, type VerifyWatch, verifyRun } from '../../shared/verify/verify-run.ts';
import { printJson } from '../terminal/output.ts';
import { countedWhile, shownWhile } from '../terminal/progress.ts';
import { wholeRunId } from './run-id.ts';

interface VerifyCommandOptions {
  readonly out: string;
  readonly sample: number;
  readonly seed: number;
  readonly json?: boolean;
}

const watch: VerifyWatch = {
  step: shownWhile,
  scoring: (work) =>
    countedWhile({ did: 'scored', unit: 'compositions by the committee' }, (onScored) =>
      shownWhile('merging the chunk results', work(onScored)),
    ),
};

/** `verify`: is a run complete and untouched? */
export async function runVerify(run: string, { out, sample, seed, json }: VerifyCommandOptions): Promise<void> {
  const { directory, runId } = await locateRun(run, out);
  const verification = await verifyRun(new DirectoryStore(directory), runId, { sample, seed }, watch);
  if (json) printJson(verification);
  else process.stdout.write(describe(verification));
  const { problems, location } = verification;
  if (problems.length > 0)
    throw new IntegrityError(
      `${problems.length === 1 ? 'a problem was' : `${problems.length} problems were`} found: ${problems[0]}`,
      { file: location },
      'If a file of its plan is named, delete the directory of the run; otherwise delete its receipt.json, and what is no chunk result in chunks/. Then give the command of the run again: it screens anew what is damaged, and makes its outputs anew.',
    );
}

/** Store and id of a run that is named by its id or its directory. */
async function locateRun(run: string, out: string): Promise<{ readonly directory: string; readonly runId: string }> {
  if (beginsRunId(run)) return { directory: out, runId: (await wholeRunId(run, out)) ?? run };
  const path = resolve(run);
  if (basename(dirname(path)) === 'runs') return { directory: dirname(dirname(path)), runId: basename(path) };
  throw new InputError(
    'this is no directory of a run',
    { file: run },
    'Name a run by its id, or by its directory, whose name is the id and which lies in a folder named runs: a copy of a run too.',
  );
}

function describe({ runId, proved, unproved, problems }: Verification): string {
  const lines = (mark: string, of: readonly string[]): string => of.map((text) => `${mark} ${text}\n`).join('');
  const reserve = unproved.length > 0 ? ', but for what could not be proved' : '';
  const verdict = problems.length > 0 ? 'is damaged' : `is complete and untouched${reserve}`;
  return `${lines('proved:', proved)}${lines('could not be proved:', unproved)}${lines('damaged:', problems)}run ${runId} ${verdict}\n`;
}
