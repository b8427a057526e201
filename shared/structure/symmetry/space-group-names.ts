import { SPACE_GROUPS } from './space-group-table.ts';

/** One setting of a space group. */
export interface SpaceGroupSetting {
  readonly number: number; // 1 to 230
  readonly name: string; // of Hermann and Mauguin, such as `P 1 21/c 1` or `F d -3 m:2`
  readonly hall: string; // Hall symbol
}

/** Settings of a line of the table, without those of which the cell has more lattice points than need be, or these alone. */
function settingsOf(line: string, number: number, part: 0 | 1): SpaceGroupSetting[] {
  const settings = line.split(' || ')[part]?.split(' | ') ?? [];
  return settings.map((setting) => {
    const [name, hall] = setting.split('=');
    return { number, name, hall };
  });
}

const SETTINGS = SPACE_GROUPS.flatMap((line, i) => [...settingsOf(line, i + 1, 0), ...settingsOf(line, i + 1, 1)]);

/** Names with the glide plane e, of 1992, by those before. */
const WITH_E: Readonly<Record<string, string>> = {
  abm2: 'aem2',
  aba2: 'aea2',
  cmca: 'cmce',
  cmma: 'cmme',
  ccca: 'ccce',
};

/** The settings that the International Tables have of a space group; none if there is no such number. */
export function settingsOfNumber(number: number): readonly SpaceGroupSetting[] {
  return settingsOf(SPACE_GROUPS[number - 1] ?? '', number, 0).filter(({ hall }) => hall !== undefined);
}

/**
 * The settings that a name of Hermann and Mauguin may mean: full (`P 1 21/c 1`) or short (`P 21/c`), with blanks,
 * underscores, brackets about screws (`P 2(1)/c`) or none of these, with the signs of cubic groups left out (`F m 3 m`). A choice of origin or axes may follow as `:1`,
 * `:H`, or as databases write it (`F d -3 m Z`, `R -3 m H`); without one, all choices are meant. None if the name is unknown.
 */
export function settingsOfName(text: string): readonly SpaceGroupSetting[] {
  const [name, choice] = splitChoice(text);
  for (const spelled of spellings(name)) {
    const found = byKey.get(spelled);
    if (found !== undefined)
      return found.filter((setting) => choice === undefined || setting.name.endsWith(`:${choice}`));
  }
  return [];
}

/** Choices of origin and axes at the end of a name. */
const CHOICES: Readonly<Record<string, string>> = { '1': '1', '2': '2', s: '1', z: '2', h: 'H', r: 'R' };

function splitChoice(text: string): [name: string, choice: string | undefined] {
  const plain = text
    .replaceAll(/\((\d)\)/g, '$1')
    .replaceAll(/[\s_~]|<\/?sub>/gi, '')
    .toLowerCase();
  const [, name, choice] = /^(.*?)(?::([12hr])|([szhr]))$/.exec(plain)?.filter((part) => part !== undefined) ?? [];
  return choice === undefined ? [plain, undefined] : [name, CHOICES[choice]];
}

function* spellings(name: string): Generator<string> {
  yield name;
  for (const [old, since] of Object.entries(WITH_E)) {
    if (name === old) yield since;
    if (name === since) yield old;
  }
  if (/^[pfi]/.test(name)) yield name.replace(/^([pfi](?:[mnad]|2[13]?\/?[nad]))3/, '$1-3'); // F m 3 m of before 1983
}

/** The name without blanks and choice. */
function keyOf({ name }: SpaceGroupSetting): string {
  return name.replace(/:.*$/, '').replaceAll(' ', '').toLowerCase();
}

/** The name of a monoclinic setting without the ones, if it has any: P 21/c of P 1 21/c 1. */
function shortKeyOf({ name, number }: SpaceGroupSetting): string | undefined {
  if (number < 3 || number > 15) return undefined;
  return name
    .replaceAll(' 1', (one, at) => (/[\d/]/.test(name[at + 2] ?? '') ? one : ''))
    .replaceAll(' ', '')
    .toLowerCase();
}

/** A short name means the axis b, as in today's International Tables; where b has no such name, c or a, as in older ones. */
function settingsByKey(): ReadonlyMap<string, readonly SpaceGroupSetting[]> {
  const byKey = new Map<string, SpaceGroupSetting[]>();
  const enter = (key: string | undefined, setting: SpaceGroupSetting): void => {
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), setting]);
  };
  const isOfAxisB = ({ name }: SpaceGroupSetting): boolean => /^. 1 \S+ 1$/.test(name);
  for (const setting of SETTINGS) enter(keyOf(setting), setting);
  for (const setting of SETTINGS.filter(isOfAxisB)) enter(shortKeyOf(setting), setting);
  const ofAxisB = new Set(byKey.keys());
  for (const setting of SETTINGS) {
    const key = shortKeyOf(setting);
    if (key !== undefined && !ofAxisB.has(key)) enter(key, setting);
  }
  return byKey;
}

const byKey = settingsByKey();
