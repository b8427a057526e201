import { formatFormula, formatSystem, parseFormula, parseSystem } from '../../shared/chemistry/formula.ts';
import { listSystem, type SpaceEntry } from '../../shared/space/list-system.ts';
import { compositionAt, findComposition } from '../../shared/space/rank.ts';
import { buildSpace, type Space } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { DEFAULT_SPACE, openSpaceFile } from '../shipped/spaces.ts';

/** What a space file says. */
export interface SpaceFile {
  readonly name: string;
  readonly mobileIon: string; // symbol; in every composition
  readonly elements: readonly string[]; // symbols of its partners
  readonly anions: readonly string[]; // symbols of elements that may be negative
  readonly arity: readonly [fewest: number, most: number]; // elements of a composition, the mobile ion counted; inclusive
  readonly maxCoefficient: number; // amounts are 1 to this
  readonly oxidationStates?: Readonly<Record<string, readonly number[]>>; // in place of the built-in ones, by symbol
}

/** A composition space. Its compositions are numbered from 0 to `compositions` (exclusive). */
export interface CompositionSpace {
  readonly name: string;
  readonly systems: number;
  readonly compositions: number;
  /** Formula of an index. Throws {@link InputError} if it is outside the space. */
  formulaAt(index: number): string;
  /**
   * Index of a formula, of which integer multiples count as the same, or the rule that excludes it. Throws
   * {@link InputError} if the formula cannot be read.
   */
  find(formula: string): { readonly index: number } | { readonly excludedBy: string };
  /** Every composition of a chemical system such as `Li-P-S`. Throws {@link InputError} if it has none in the space. */
  listSystem(system: string): SpaceEntry[];
  /** The chemical systems, such as `Li-P-S`, in the order of their compositions. */
  systemNames(): Iterable<string>;
}

/**
 * Open a composition space and count it, without listing its compositions.
 *
 * @param space the name of a shipped space, the path of a space file, or what such a file says. Shipped are
 *   `ionic-quinary`, `small`, `paper-scale`, `trillion` and `sodium`
 * @throws {InputError} if there is no such space, or it is not valid
 * @example
 * import { openSpace } from 'ionsieve';
 *
 * const space = openSpace('small');
 * console.log(space.compositions, space.formulaAt(0)); // 4500 Li2BrCl
 * console.log(space.find('Li3PS4'), space.find('LiFePO4'));
 * console.log(space.listSystem('Li-P-S').map(({ formula }) => formula));
 */
export function openSpace(space: string | SpaceFile = DEFAULT_SPACE): CompositionSpace {
  const { definition, file } =
    typeof space === 'string'
      ? openSpaceFile(space)
      : { definition: parseSpace(JSON.stringify(space) ?? '', 'space'), file: 'space' };
  const built = buildSpace(definition, file);
  return {
    name: definition.name,
    systems: built.classes.reduce((sum, { systems }) => sum + systems, 0),
    compositions: built.compositions,
    formulaAt: (index) => formatFormula(compositionAt(built, index)),
    find: (formula) => findComposition(built, parseFormula(formula)),
    listSystem: (system) => listSystem(built, parseSystem(system, { column: 'system' })),
    systemNames: () => systemNames(built),
  };
}

function* systemNames({ classes, systems: rows }: Space): Generator<string> {
  for (const { arity, systems, systemsOffset } of classes) {
    for (let row = 0; row < systems; row++) {
      const start = systemsOffset + row * arity;
      yield formatSystem([...rows.subarray(start, start + arity)]);
    }
  }
}
