import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../local/shipped/package-root.ts';
import { ELECTRONEGATIVITY, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { amountsMatrix, buildSpace } from '../../shared/space/space.ts';
import { parseSpace, type SpaceDefinition } from '../../shared/space/space-file.ts';
import { type Bench, Peer, type PeerComparison, PeerError, sideBySide } from './side-by-side.ts';

/** One composition of a space, in the column order of its class. */
interface Member {
  readonly atomicNumbers: Uint8Array;
  readonly amounts: Uint8Array;
}

/** SMACT's filter and our space, from the same elements, oxidation states and amounts to the same compositions. */
export async function compareEnumeration(bench: Bench): Promise<PeerComparison[]> {
  const file = packagePath('bench/peers/space.json');
  const text = readFileSync(file, 'utf8');
  const peer = new Peer(bench, 'smact_filter', smactTask(parseSpace(text, file), join(bench.scratch, 'states.txt')));
  const times = await sideBySide(peer, () => listMembers(parseSpace(text, file)));
  const members = listMembers(parseSpace(text, file));
  const unique = compareSets(members.map(keyOf), readFileSync(peer.answer, 'utf8').trimEnd().split('\n'));
  return [
    {
      task: 'every neutral composition of a space, elements and amounts',
      count: members.length,
      unit: 'compositions',
      peer: 'SMACT smact_filter',
      ours: 'buildSpace, amountsMatrix',
      ...times,
      agreement: `the same ${unique} compositions, each once`,
    },
  ];
}

/** The space in SMACT's terms. Only anions of the space may be negative, so other negative states are left out. */
function smactTask(definition: SpaceDefinition, statesFile: string): object {
  const { mobileIon, elements, anions, arity, maxCoefficient, oxidationStates } = definition;
  const all = [mobileIon, ...elements];
  const statesOf = (z: number) => (oxidationStates.get(z) ?? []).filter((state) => state > 0 || anions.includes(z));
  return {
    mobileIon: SYMBOLS[mobileIon],
    elements: elements.map((z) => SYMBOLS[z]),
    arity,
    maxCoefficient,
    statesFile,
    states: Object.fromEntries(all.map((z) => [SYMBOLS[z], statesOf(z)])),
    electronegativity: Object.fromEntries(all.map((z) => [SYMBOLS[z], ELECTRONEGATIVITY[z]])),
  };
}

function listMembers(definition: SpaceDefinition): Member[] {
  const { classes, systems } = buildSpace(definition);
  const members: Member[] = [];
  for (const cls of classes) {
    const matrix = amountsMatrix(cls, definition.maxCoefficient);
    for (let s = 0; s < cls.systems; s++) {
      const from = cls.systemsOffset + s * cls.arity;
      const atomicNumbers = systems.subarray(from, from + cls.arity);
      for (let v = 0; v < matrix.length; v += cls.arity)
        members.push({ atomicNumbers, amounts: matrix.subarray(v, v + cls.arity) });
    }
  }
  return members;
}

function keyOf({ atomicNumbers, amounts }: Member): string {
  return Array.from(atomicNumbers, (z, i) => `${SYMBOLS[z]}${amounts[i]}`)
    .sort()
    .join(' ');
}

/**
 * @returns how many compositions both have
 * @throws {PeerError} if one has what the other lacks, or something twice
 */
export function compareSets(ours: readonly string[], theirs: readonly string[]): number {
  const [a, b] = [new Set(ours), new Set(theirs)];
  if (a.size !== ours.length || b.size !== theirs.length)
    throw new PeerError(`${ours.length - a.size} of ours and ${theirs.length - b.size} of SMACT's are doubled`);
  const onlyOurs = ours.filter((key) => !b.has(key));
  const onlyTheirs = theirs.filter((key) => !a.has(key));
  const some = (keys: readonly string[]) => (keys.length === 0 ? '0' : `${keys.length} (${keys[0]})`);
  if (onlyOurs.length + onlyTheirs.length > 0)
    throw new PeerError(`compositions that are only ours: ${some(onlyOurs)}; only SMACT's: ${some(onlyTheirs)}`);
  return a.size;
}
