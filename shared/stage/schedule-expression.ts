import * as v from 'valibot';
import type { Shape } from '../shape.ts';

/** A field of a cron expression of EventBridge Scheduler. */
interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names of the values, from the least on. */
  readonly names?: readonly string[];
  /** Forms that this field alone has. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  {
    name: 'day of the week',
    least: 1,
    most: 7,
    names: DAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', least: 1970, most: 2199 },
];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

/** `rate(…)` or `cron(…)` as EventBridge Scheduler takes it. */
export const schedule: Shape<string> = v.custom<string>(
  (value) => expected(value) === undefined,
  ({ input }) => expected(input) ?? '',
);

/** What is expected instead; undefined for a schedule. */
function expected(value: unknown): string | undefined {
  const [, kind, inside] = (typeof value === 'string' && /^(rate|cron)\((.*)\)$/.exec(value)) || [];
  if (kind === undefined) return 'null, "rate(7 days)" or "cron(0 6 ? * MON *)"';
  const problem = kind === 'rate' ? rateProblem(inside) : cronProblem(inside);
  return problem && `a schedule: ${problem}`;
}

function rateProblem(rate: string): string | undefined {
  const [, count, unit, plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(rate) ?? [];
  if (count === undefined) return 'a rate is a whole number above 0 and minutes, hours or days, as in "rate(7 days)"';
  const expected = count === '1' ? unit : `${unit}s`;
  return `${unit}${plural}` === expected ? undefined : `write "rate(${count} ${expected})"`;
}

function cronProblem(cron: string): string | undefined {
  const parts = cron.split(' ');
  if (parts.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(', ');
    return `a cron expression has six fields, divided by single spaces: ${names}`;
  }
  const wrong = FIELDS.findIndex((field, index) => !isField(field, parts[index]));
  if (wrong !== -1) {
    const { name, least, most, names } = FIELDS[wrong];
    const range = names === undefined ? `${least} to ${most}` : `${least} to ${most} or ${names[0]} to ${names.at(-1)}`;
    return `its ${name} is ${JSON.stringify(parts[wrong])}, and may be of ${range}`;
  }
  const open = [DAY_OF_MONTH, DAY_OF_WEEK].filter((index) => parts[index] === '?').length;
  return open === 1 ? undefined : 'one of day of the month and day of the week, and only one, is "?"';
}

function isField(field: Field, part: string): boolean {
  return field.special?.test(part) === true || part.split(',').every((item) => isItem(field, item));
}

/** `*`, a value or a range, and maybe a step. */
function isItem(field: Field, item: string): boolean {
  const [, range, step] = /^([^/]+)(?:\/([1-9]\d{0,3}))?$/.exec(item) ?? [];
  if (range === undefined || Number(step ?? 1) > field.most) return false;
  if (range === '*') return true;
  const bounds = range.split('-').map((text) => numberOf(field, text));
  return bounds.length <= 2 && bounds.every((bound) => bound !== undefined) && bounds[0]! <= bounds.at(-1)!;
}

function numberOf({ least, most, names }: Field, text: string): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named !== -1) return least + named;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
