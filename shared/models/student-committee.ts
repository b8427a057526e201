import { fileInputs } from '../io/store/inputs.ts';
import { type CommitteeSession, checkCommittee, openCommittee, readCommitteeMetadata } from './committee-session.ts';
import { prepareCompanions } from './companions.ts';
import type { StudentMetadata } from './student-session.ts';

/**
 * Load the committee of a student, or undefined if there is none.
 *
 * @param path of the student
 * @param committee path of the committee, or `none`; if absent, the one beside the student
 * @throws {InputError} if it is no committee, or another student's
 */
export async function openStudentCommittee(
  path: string,
  student: StudentMetadata,
  committee?: string,
): Promise<CommitteeSession | undefined> {
  const named = { name: path, labelsHash: student.labelsHash };
  const { files } = await prepareCompanions(fileInputs, named, { committee });
  const bytes = files['committee.onnx'];
  if (bytes === undefined) return undefined;
  const name = committee ?? 'committee.onnx';
  checkCommittee(readCommitteeMetadata(bytes, name), student, name);
  return openCommittee(bytes, name);
}
