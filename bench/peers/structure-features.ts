import { readFileSync } from 'node:fs';
import { packagePath } from '../../local/shipped/package-root.ts';
import { DescriptorUndefinedError } from '../../shared/errors.ts';
import { labelStructure } from '../../shared/labels/label-structures.ts';
import { createRandom, shuffle } from '../../shared/random.ts';
import { readStructures } from '../../shared/structure/formats/read-structures.ts';
import { NeighborSearch } from '../../shared/structure/neighbors.ts';
import type { Structure } from '../../shared/structure/structure.ts';
import { PUBLISHED_FEATURES } from '../../shared/teacher/feature-names.ts';
import { BOND_CUTOFF } from '../../shared/teacher/sublattices.ts';
import { parseTeacher, type Teacher } from '../../shared/teacher/teacher.ts';
import { type Bench, largestDifference, Peer, type PeerComparison, sideBySide } from './side-by-side.ts';

const SEED = 1;
const STRUCTURES = 400;

/** The teacher's features from pymatgen's neighbours, and the neighbours alone. Reading structures is not measured. */
export async function compareFeatures(bench: Bench, path: string): Promise<PeerComparison[]> {
  const teacherFile = packagePath('models/teacher-sendek-2017.json');
  const teacher = parseTeacher(readFileSync(teacherFile, 'utf8'), teacherFile);
  const structures = await drawStructures(path, teacher);
  const task = { structures: path, ids: structures.map(({ id }) => id) };
  const label = () => structures.map((structure) => labelStructure(structure, teacher).features);
  const peer = new Peer(bench, 'pymatgen_features', { ...task, what: 'features' });
  const times = await sideBySide(peer, label);
  const difference = compareFeatureValues(label(), JSON.parse(readFileSync(peer.answer, 'utf8')));
  return [
    {
      task: 'five structure features',
      count: structures.length,
      unit: 'structures',
      ...times,
      peer: 'pymatgen get_neighbor_list and numpy',
      ours: 'labelStructure, probability included',
      agreement: `features to ${difference.toExponential(0)}`,
    },
    await compareNeighbors(bench, structures, { ...task, what: 'arrays' }, 'get_neighbor_list'),
    await compareNeighbors(bench, structures, { ...task, what: 'lists' }, 'get_all_neighbors'),
  ];
}

/** @param method of pymatgen that the peer's task names */
async function compareNeighbors(
  bench: Bench,
  structures: readonly Structure[],
  task: { readonly what: string },
  method: string,
): Promise<PeerComparison> {
  const count = () => structures.map(countNeighbors);
  const peer = new Peer(bench, 'pymatgen_features', task, `pymatgen_${task.what}`);
  const times = await sideBySide(peer, count);
  const theirs: number[][] = JSON.parse(readFileSync(peer.answer, 'utf8'));
  const ours = count().flatMap((counts) => [...counts]);
  largestDifference(ours, theirs.flat(), 0, `neighbours by ${method}`);
  return {
    task: 'neighbours of every atom within 4 Å',
    count: structures.length,
    unit: 'structures',
    ...times,
    peer: `pymatgen ${method}`,
    ours: 'NeighborSearch',
    agreement: `the same number at each of ${ours.length} atoms`,
  };
}

/** Structures that have a label, drawn by chance. */
async function drawStructures(path: string, teacher: Teacher): Promise<Structure[]> {
  const all: Structure[] = [];
  for await (const result of readStructures([path])) if ('structure' in result) all.push(result.structure);
  const drawn: Structure[] = [];
  for (const structure of shuffle(all, createRandom(SEED))) {
    if (drawn.length === STRUCTURES) break;
    if (hasLabel(structure, teacher)) drawn.push(structure);
  }
  return drawn;
}

function hasLabel(structure: Structure, teacher: Teacher): boolean {
  try {
    labelStructure(structure, teacher);
    return true;
  } catch (error) {
    if (error instanceof DescriptorUndefinedError) return false;
    throw error;
  }
}

/** Neighbours within 4 Å by atom. */
function countNeighbors(structure: Structure): Uint32Array {
  const search = new NeighborSearch(structure);
  return Uint32Array.from(structure.atomicNumbers, (_, i) => {
    search.within(i, BOND_CUTOFF, structure.occupancies);
    return search.count;
  });
}

type Features = Readonly<Partial<Record<string, number>>>;

function compareFeatureValues(ours: readonly Features[], theirs: readonly Features[]): number {
  const differences = PUBLISHED_FEATURES.map((name) => {
    const valuesOf = (all: readonly Features[]) => all.map((features) => features[name] ?? Number.NaN);
    return largestDifference(valuesOf(ours), valuesOf(theirs), 1e-6, name);
  });
  return Math.max(...differences);
}
