import { parseCriteria } from '../criteria/criteria.ts';
import { InputError } from '../errors.ts';
import { readMeasured } from '../labels/measured.ts';
import { checkCommittee, openCommittee } from '../models/committee-session.ts';
import type { AskedCompanions, PreparedCompanions } from '../models/companions.ts';
import type { StudentSession } from '../models/student-session.ts';
import type { RunOptions } from '../screen/run-options.ts';

/** What a run asks for that only its end uses. */
interface LateUse {
  readonly options: RunOptions;
  readonly asked: AskedCompanions;
}

/** Refuse, before anything is screened, what could not be used when all is. */
export async function checkCompanions(
  { companions, files }: PreparedCompanions,
  student: StudentSession,
  { options, asked }: LateUse,
): Promise<void> {
  const { committee } = companions;
  const { mobileIon } = student.metadata;
  if (options.criteria !== undefined) parseCriteria(options.criteria, 'event of plan', mobileIon);
  if ('absent' in committee && options.rankBy !== 'student')
    throw new InputError(
      `the ranking is to go by the committee's ${options.rankBy}, and ${committee.absent}`,
      { column: 'rankBy' },
      "Name a committee that was made from the student's labels, or rank by the student.",
    );
  const bytes = files['committee.onnx'];
  if (bytes !== undefined) {
    const name = asked.committee ?? 'committee.onnx';
    const session = await openCommittee(bytes, name);
    await session.release();
    checkCommittee(session.metadata, student.metadata, name);
  }
  if (files['measured.csv'] !== undefined) readMeasured(files['measured.csv'], asked.measured as string, mobileIon);
}
