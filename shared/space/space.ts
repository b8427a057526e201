import * as v from 'valibot';
import { SYMBOLS } from '../chemistry/elements.ts';
import { InputError, IntegrityError } from '../errors.ts';
import { checkShape, fields, integer, listOf, type Refuse, readJson } from '../shape.ts';
import type { SpaceDefinition } from './space-file.ts';
import { listStoichiometries, type RowMemory } from './stoichiometries/amounts.ts';
import { type ClassGroup, type CountedClass, groupSystems, writeSystems } from './stoichiometries/group-systems.ts';
import { type IonTable, ionTable } from './stoichiometries/ions.ts';
import type { ChargeStates } from './stoichiometries/sumsets.ts';

const MAX_SYSTEMS = 1e8; // of at most 8 bytes each

/** Systems that allow the same stoichiometries, column by column. */
export interface StoichiometryClass {
  readonly arity: number; // elements of a system, k
  readonly splits: readonly ChargeStates[]; // alternatives, each with the states that every column can have in it
  readonly systems: number;
  readonly stoichiometries: number; // amount vectors that each of its systems has, V > 0
  readonly offset: number; // index of its first composition
  readonly systemsOffset: number; // byte offset of its first row in `Space.systems`
}

/** A composition space: its compositions are numbered 0 to `compositions` (exclusive), class after class, system after system. */
export interface Space {
  readonly definition: SpaceDefinition;
  readonly classes: readonly StoichiometryClass[]; // by arity
  readonly systems: Uint8Array; // rows of k atomic numbers in their class's column order, class after class
  readonly compositions: number; // N < 2^53
}

/**
 * Enumerate a space's systems, sort them into classes and count its compositions, without listing compositions.
 *
 * @param file name of the space in error messages
 * @throws {InputError} if the space has no member, or too many to number them exactly
 */
export function buildSpace(definition: SpaceDefinition, file = definition.name): Space {
  const table = ionTable(definition);
  const [least, most] = definition.arity;
  checkSystems(definition, table, file);
  const groups: ClassGroup[] = [];
  for (let arity = least; arity <= most; arity++) groups.push(groupSystems(table, arity, definition.maxCoefficient));
  const { classes, compositions, bytes } = numberClasses(
    groups.flatMap((group) => group.classes),
    (count) => tooMany(definition, count, file),
  );
  if (compositions === 0) throw noMember(definition, table, file);
  const systems = new Uint8Array(bytes);
  for (const group of groups) writeSystems(table, group, systems);
  return { definition, classes, systems, compositions };
}

/** Refuse before the enumeration what would take hours and more memory than there is. */
function checkSystems({ arity: [least, most] }: SpaceDefinition, table: IonTable, file: string): void {
  const partners = table.atomicNumbers.length - 1;
  let bound = 0;
  let combinations = 1; // of the partners, k - 1 at a time
  for (let k = 2; k <= most; k++) {
    combinations *= (partners - k + 2) / (k - 1);
    if (k >= least) bound += Math.round(combinations);
  }
  if (bound <= MAX_SYSTEMS) return;
  throw new InputError(
    `${partners} partners in systems of ${least} to ${most} elements make up to ${bound.toExponential(1)} systems, more than ${MAX_SYSTEMS.toExponential(0)}`,
    { file, column: 'arity' },
    'Lower the arity, or remove elements.',
  );
}

/** Place classes one after the other. */
function numberClasses(counted: readonly Omit<CountedClass, 'number'>[], tooMany: (compositions: number) => Error) {
  const classes: StoichiometryClass[] = [];
  let compositions = 0;
  let bytes = 0;
  for (const entry of counted) {
    entry.systemsOffset = bytes;
    const { arity, splits, systems, stoichiometries } = entry;
    classes.push({ arity, splits, systems, stoichiometries, offset: compositions, systemsOffset: bytes });
    compositions += systems * stoichiometries;
    bytes += systems * arity;
  }
  if (!Number.isSafeInteger(compositions)) throw tooMany(compositions);
  return { classes, compositions, bytes };
}

function noMember({ mobileIon, arity, maxCoefficient }: SpaceDefinition, table: IonTable, file: string): InputError {
  const reason =
    table.mobile < 0
      ? `the mobile ion ${SYMBOLS[mobileIon]} has no electronegativity or no usable state`
      : `no composition of ${arity[0]} to ${arity[1]} elements with amounts up to ${maxCoefficient} is neutral and passes the Pauling test`;
  return new InputError(
    `space has no member: ${reason}`,
    { file },
    'Add elements, anions or oxidation states, or raise maxCoefficient.',
  );
}

function tooMany({ maxCoefficient }: SpaceDefinition, compositions: number, file: string): InputError {
  return new InputError(
    `space has about ${compositions.toExponential(1)} compositions, more than an index below 2^53 can number`,
    { file, column: 'maxCoefficient' },
    `Lower maxCoefficient (${maxCoefficient}) or the arity, or remove elements.`,
  );
}

/**
 * The amount vectors that each system of a class has, in the order of their number v.
 *
 * @param memory that they are written into, good until it is written again; new memory unless given
 * @returns shape (V, k) row-major, lexicographic
 */
export function amountsMatrix(
  { splits }: Pick<StoichiometryClass, 'splits'>,
  maxCoefficient: number,
  memory?: RowMemory,
): Uint8Array {
  return listStoichiometries(splits, maxCoefficient, memory);
}

/** What `plan/classes.json` holds of a class; offsets follow from the order. */
interface ClassRecord {
  readonly splits: readonly ChargeStates[];
  readonly systems: number;
  readonly stoichiometries: number;
}

const CLASSES_SCHEMA = 1;

/** Text of `plan/classes.json`. */
export function classesToJson({ classes }: Pick<Space, 'classes'>): string {
  const records = classes.map(
    ({ splits, systems, stoichiometries }): ClassRecord => ({ splits, systems, stoichiometries }),
  );
  return `{"schema":${CLASSES_SCHEMA},"classes":[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]}\n`;
}

const isState = (state: unknown): boolean => Number.isInteger(state) && state !== 0 && Math.abs(state as number) <= 9;
/** Checked as a whole: a space has millions of states. */
const COLUMN = v.custom<readonly number[]>(
  (states) => Array.isArray(states) && states.length > 0 && states.every(isState),
  'a list of oxidation states from -9 to 9 but 0',
);
const SPLITS = v.pipe(
  listOf(v.pipe(listOf(COLUMN), v.minLength(2, 'a list for each of two elements or more'))),
  v.check(
    (splits) => splits.length > 0 && splits.every(({ length }) => length === splits[0].length),
    'a list of splits of the same elements',
  ),
);
const CLASSES = fields({
  schema: v.literal(CLASSES_SCHEMA, `the schema ${CLASSES_SCHEMA} of this version`),
  classes: v.pipe(
    listOf(fields({ splits: SPLITS, systems: integer(1), stoichiometries: integer(1) })),
    v.minLength(1, 'a list of one class or more'),
  ),
});

/**
 * Classes from the text of `plan/classes.json`.
 *
 * @param file where the text is from, for messages
 * @throws {IntegrityError} if it is damaged or of another schema
 */
export function classesFromJson(text: string, file: string): StoichiometryClass[] {
  const refuse: Refuse = (problem, column) => damaged(problem, file, column);
  const { classes } = checkShape(CLASSES, readJson(text, refuse, JSON.parse), refuse);
  const counted = classes.map((record) => ({ ...record, arity: record.splits[0].length, systemsOffset: 0 }));
  const tooMany = (count: number): Error => refuse(`it numbers ${count.toExponential(1)} compositions`);
  return numberClasses(counted, tooMany).classes;
}

function damaged(problem: string, file: string, column?: string): IntegrityError {
  return new IntegrityError(problem, { file, column }, 'Delete the run directory and plan the run again.');
}
