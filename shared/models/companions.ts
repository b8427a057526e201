import { posix, sep } from 'node:path';
import { InputError } from '../errors.ts';
import { sha256 } from '../hash.ts';
import { fileInputs, type Inputs } from '../io/store/inputs.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import { contentOf, tableText } from '../io/tables/table-file.ts';
import { compress } from '../labels/labels-file.ts';
import { cardName, decodeCard } from './card-file.ts';
import { readCommitteeMetadata } from './committee-session.ts';
import { cardCurves } from './held-out-curves.ts';

/**
 * Files that go with a student in a run, as its plan keeps them: committee, labelled structures, measurements, and the
 * curves of its card. The curves decide on nothing and are no part of the run id; a report shows them.
 */
export const COMPANION_FILES = ['committee.onnx', 'labels.csv.gz', 'measured.csv', 'curves.json'] as const;
export type CompanionFile = (typeof COMPANION_FILES)[number];

/** Names that committee and labels have beside a student. */
export const BESIDE = { committee: 'committee.onnx', labels: 'labels.csv.gz' } as const;

/** A companion by what is in it, or why there is none. */
export type Companion = { readonly hash: string } | { readonly absent: string };

/** What goes with the student of a run. */
export interface Companions {
  readonly committee: Companion; // hash of the file
  readonly labels: Companion; // hash of the unpacked text
  readonly measured?: Companion; // hash of its text, see `tableText`
}

/** Companions with the files that a plan keeps of them. */
export interface PreparedCompanions {
  readonly companions: Companions;
  readonly files: Readonly<Partial<Record<CompanionFile, Uint8Array>>>;
}

/** Which companions are wanted. What is not named is looked for beside the student. */
export interface AskedCompanions {
  readonly committee?: string | undefined; // name of a file, or `none`
  readonly labels?: string | undefined; // name of a file
  readonly measured?: string | undefined; // name of a file; nothing is looked for
}

/** A student as its companions are told by. */
export interface LabelledStudent {
  readonly name: string; // of its file
  readonly labelsHash: string; // SHA-256 of the unpacked labels that it learned from
}

/** What `--committee` says if no committee is wanted, and what a run says of it. */
export const [NO_COMMITTEE, NO_COMMITTEE_WANTED] = ['none', 'no committee was wanted'];

/**
 * Find what goes with a student. Committee and labels are its own if they have the hash of its labels.
 *
 * @throws {InputError} if one that was named is another student's, or is not there
 * @throws {IntegrityError} if the committee is not the one that the card beside it tells of
 */
export async function prepareCompanions(
  inputs: Inputs,
  student: LabelledStudent,
  asked: AskedCompanions,
): Promise<PreparedCompanions> {
  const committee = await findCommittee(inputs, student, asked.committee);
  const labels = await findLabels(inputs, student, asked.labels);
  const measured = asked.measured === undefined ? undefined : await readTable(inputs, asked.measured);
  return {
    companions: {
      committee: committee.companion,
      labels: labels.companion,
      ...(measured === undefined ? {} : { measured: { hash: sha256(measured) } }),
    },
    files: {
      ...(committee.bytes === undefined ? {} : { 'committee.onnx': committee.bytes }),
      ...(labels.bytes === undefined ? {} : { 'labels.csv.gz': labels.bytes }),
      ...(measured === undefined ? {} : { 'measured.csv': measured }),
    },
  };
}

/**
 * `curves.json` of the card beside a student, or undefined where there is none.
 *
 * @param hash SHA-256 of the student, hexadecimal
 * @throws {IntegrityError} if the card is damaged, or of another model
 */
export async function findCurves(inputs: Inputs, student: string, hash: string): Promise<Uint8Array | undefined> {
  const name = cardName(student);
  const card = await inputs.find(name);
  return card && cardCurves(card, name, hash);
}

/**
 * The bytes of a model on this machine.
 *
 * @throws {InputError} if it cannot be read
 * @throws {IntegrityError} if it is not the one that the card beside it tells of
 */
export async function readModel(path: string): Promise<Uint8Array> {
  const bytes = await fileInputs.read(path);
  await checkCard(fileInputs, path, sha256(bytes));
  return bytes;
}

/** Refuse a model that is not the one that the card beside it tells of; one without a card is taken as it is. */
async function checkCard(inputs: Inputs, model: string, hash: string): Promise<void> {
  const name = cardName(model);
  const card = await inputs.find(name);
  if (card !== undefined) decodeCard(card, name, hash);
}

interface Found {
  readonly companion: Companion;
  readonly bytes?: Uint8Array; // as the plan keeps it
}

async function findCommittee(inputs: Inputs, student: LabelledStudent, asked: string | undefined): Promise<Found> {
  if (asked === NO_COMMITTEE) return { companion: { absent: NO_COMMITTEE_WANTED } };
  const name = asked ?? beside(student.name, BESIDE.committee);
  const bytes = await (asked === undefined ? inputs.find(name) : inputs.read(name));
  if (bytes === undefined) return { companion: { absent: 'there is no committee beside the student' } };
  const { labelsHash } = readCommitteeMetadata(bytes, name);
  if (labelsHash !== student.labelsHash) return foreign('committee', labelsHash, student, asked);
  const hash = sha256(bytes);
  if (!inputs.isVouched) await checkCard(inputs, name, hash);
  return { companion: { hash }, bytes };
}

async function findLabels(inputs: Inputs, student: LabelledStudent, asked: string | undefined): Promise<Found> {
  const name = asked ?? beside(student.name, BESIDE.labels);
  const packed = await (asked === undefined ? inputs.find(name) : inputs.read(name));
  if (packed === undefined) return { companion: { absent: 'there are no labels beside the student' } };
  const unpacked = contentOf(packed, name) === 'gzip' ? unpackGzip(packed, name) : packed;
  const text = await tableText(packed, name);
  const hash = sha256(text);
  if (hash !== student.labelsHash) return foreign('labels', hash, student, asked);
  return { companion: { hash }, bytes: unpacked !== packed && sha256(unpacked) === hash ? packed : compress(text) };
}

/** Bytes of a table's text: those of the file where it is CSV in UTF-8. */
async function readTable(inputs: Inputs, name: string): Promise<Uint8Array> {
  return Buffer.from(await tableText(await inputs.read(name), name));
}

/** What was named must fit; what merely lies there is left alone. */
function foreign(what: 'committee' | 'labels', hash: string, student: LabelledStudent, asked?: string): Found {
  const labels = `${hash.slice(0, 12)}, and the student learned from ${student.labelsHash.slice(0, 12)}`;
  const problem =
    what === 'committee' ? `the committee is of labels ${labels}` : `the labels have the SHA-256 ${labels}`;
  if (asked === undefined) return { companion: { absent: `beside the student is another student's: ${problem}` } };
  const remedy =
    what === 'committee'
      ? "Make one with `ionsieve committee` from the student's labels, or give --committee none."
      : 'Give the labels that the student was distilled from.';
  throw new InputError(problem, { file: asked }, remedy);
}

/** Name of a file in the folder of another, for keys and paths alike. */
export function beside(name: string, file: string): string {
  const slash = Math.max(name.lastIndexOf(posix.sep), name.lastIndexOf(sep));
  return name.slice(0, slash + 1) + file;
}

/** What of companions decides on the result, for run ids. */
export function companionsIdentity({ committee, labels, measured }: Companions): readonly unknown[] {
  const identity = (companion: Companion | undefined): unknown =>
    companion === undefined ? null : 'hash' in companion ? companion.hash : [companion.absent];
  return [committee, labels, measured].map(identity);
}
