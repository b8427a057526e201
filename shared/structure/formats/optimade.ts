import { InputError, type Place } from '../../errors.ts';
import { NoNumberInJson, parseBoundedJson } from '../../json.ts';
import { rightHanded } from '../lattice.ts';
import { createStructure, type Structure } from '../structure.ts';
import { foreignFormat } from './foreign-json.ts';
import { asJson, type Fail, isObject, occupants, vectors } from './optimade-sites.ts';

const REMEDY =
  'Give an OPTIMADE structure: id and attributes with lattice_vectors, cartesian_site_positions and species_at_sites.';

const NO_NUMBER = 'Write null in its place: what is not known has no number.';

/** The identifier of an OPTIMADE resource, or undefined where a value is none. */
export function optimadeId(resource: unknown): string | undefined {
  const id = isObject(resource) ? resource.id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

/**
 * The resources in a parsed JSON value: a structure itself, an array of them, a JSON:API response `{data: …}`, or what the
 * official client saves, responses by filter and provider: `{structures: {filter: {provider: {data: …}}}}`. The header line
 * of an OPTIMADE JSON Lines file (`{"x-optimade": …}`) and its property definitions hold none.
 */
export function optimadeResources(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  if ('x-optimade' in value || value.type === 'info') return [];
  if (isObject(value.structures))
    return Object.values(value.structures).flatMap((byProvider) =>
      isObject(byProvider) ? Object.values(byProvider).flatMap(optimadeResources) : [byProvider],
    );
  if (!('data' in value)) return [value];
  return Array.isArray(value.data) ? value.data : [value.data];
}

/**
 * JSON text as a value.
 *
 * @throws {InputError} that says where it stops to be JSON
 */
export function parseJson(text: string, place: Place): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    const { message } = error as Error;
    const line = place.line ?? lineOfError(message, text);
    if (error instanceof NoNumberInJson)
      throw new InputError(`is no valid JSON (${message})`, { ...place, line }, NO_NUMBER, { cause: error });
    const end = text.length > 40 ? `…${text.slice(-40)}` : text;
    throw new InputError(
      `is no valid JSON (${message.slice(0, 200)}); it ends with ${JSON.stringify(end)}`,
      { ...place, line },
      'The file may be cut off or damaged: fetch it again.',
      { cause: error },
    );
  }
}

/** The line of a JSON text that an engine's message points to, or undefined if it names no position. */
function lineOfError(message: string, text: string): number | undefined {
  const position = /end of JSON/.test(message) ? text.length : /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? undefined : text.slice(0, Number(position)).trimEnd().split('\n').length;
}

/** Features of a structure that leave atoms without positions. */
const UNPLACED: readonly unknown[] = ['implicit_atoms', 'site_attachments'];

/** Values of `site_coordinate_span` for which the sites are those of the whole cell. */
const WHOLE_CELL: readonly unknown[] = ['unit_cell', 'molecular_unit_cell'];

/**
 * A structure from an OPTIMADE resource object. Names in `species_at_sites` refer to `species`, whose chemical symbols
 * share the site with their concentrations ("vacancy" leaves its part empty); without `species` they are symbols. Groups of
 * `assemblies` multiply the occupancies of their sites by their probabilities. A left-handed cell is read as its mirror image.
 *
 * @throws {InputError} naming the place, the key and the value that is not usable; for structures that are not periodic in
 *   three directions, or have atoms without positions
 * @see https://www.optimade.org/specification, section "Structures entries"
 */
export function readOptimade(resource: unknown, place: Place): Structure {
  const id = optimadeId(resource) ?? [place.file, place.line].filter((part) => part !== undefined).join(':');
  const fail: Fail = (key, problem, remedy = REMEDY) => {
    throw new InputError(`structure ${id}: ${problem}`, { ...place, column: key }, remedy);
  };
  const attributes = isObject(resource) ? resource.attributes : undefined;
  if (!isObject(attributes)) return refuseForeign(resource, fail);
  refuseUnusable(attributes, fail);
  const lattice = vectors(attributes.lattice_vectors, 'lattice_vectors', fail);
  const atoms = occupants(attributes, lattice, fail);
  return createStructure({ id, lattice: rightHanded(lattice), ...atoms }, place);
}

function refuseForeign(resource: unknown, fail: Fail): never {
  const foreign = foreignFormat(resource);
  if (foreign !== undefined) return fail(undefined, `is written in ${foreign.name}, not in OPTIMADE`, foreign.remedy);
  const found = isObject(resource)
    ? `, only ${Object.keys(resource).join(', ').slice(0, 80)}`
    : ` in ${asJson(resource)}`;
  return fail('attributes', `there are no attributes${found}`);
}

function refuseUnusable(attributes: Readonly<Record<string, unknown>>, fail: Fail): void {
  const { structure_features: features, assemblies, site_coordinate_span: span } = attributes;
  if (Array.isArray(features) && features.some((name) => UNPLACED.includes(name)))
    fail('structure_features', `atoms without positions (${features.join(', ')}) cannot be used`, COMPLETE);
  if (Array.isArray(features) && features.includes('assemblies') && !Array.isArray(assemblies))
    fail(
      'assemblies',
      'structure_features says that groups of sites exclude each other, and they are missing',
      'Fetch the structure again with its assemblies: `import optimade` asks for them.',
    );
  const periodic = periodicDirections(attributes);
  if (periodic !== undefined && periodic !== 3)
    fail(
      'dimension_types' in attributes ? 'dimension_types' : 'nperiodic_dimensions',
      `is periodic in ${asJson(periodic)} directions of 3`,
      'Only crystals can be labelled: leave out molecules, chains and layers.',
    );
  if (span !== undefined && span !== null && !WHOLE_CELL.includes(span))
    fail('site_coordinate_span', `the sites are not those of the whole cell (${asJson(span)})`, COMPLETE);
}

const COMPLETE = 'Give the position of every atom of the cell.';

/** In how many directions a structure is periodic; undefined if it does not tell. */
function periodicDirections({
  dimension_types: types,
  nperiodic_dimensions: count,
}: Readonly<Record<string, unknown>>) {
  if (Array.isArray(types)) return types.filter((type) => type === 1).length;
  return count ?? undefined;
}
