import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The rooms of the code. A room may import itself, the rows above its own and the rooms on its left. Files at the root of
 * shared/ lie below all of them. The picture in docs/architecture.md is this one.
 */
const ROWS = [
  ['shared/io', 'shared/chemistry', 'shared/learning'],
  ['shared/structure', 'shared/space', 'shared/onnx', 'shared/criteria'],
  ['shared/import', 'shared/teacher'],
  ['shared/labels'],
  ['shared/models'],
  ['shared/screen', 'shared/student'],
  ['shared/pruning', 'shared/committee', 'shared/fine-tuning'],
  ['shared/cost', 'shared/stage', 'shared/sources', 'shared/retraining'],
  ['shared/ranking', 'shared/runs'],
  ['shared/planning', 'shared/executions', 'shared/report'],
  ['shared/comparison'],
  ['functions', 'lambda', 'cdk', 'shared/verify'],
  ['local'],
  ['cli'],
  ['bench', 'study', 'data', 'supply-chain'],
];
const ROOMS = ROWS.flat();
/** Generated, and with rooms of their own kind of limits. */
const ELEMENT_TABLE = 'shared/chemistry/element-table.ts';
const MOST_FILES = 20;
const MOST_LINES = 300;

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const sources = [...new Set(ROOMS.map((room) => room.split('/')[0]))].flatMap(sourcesBelow);
const everything = [...sources, ...sourcesBelow('test')];

function specifiers(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map(([, specifier]) => specifier);
}

function relativeImports(file: string): string[] {
  return specifiers(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file), specifier)));
}

const imports = new Map(sources.map((file) => [file, relativeImports(file)]));

/** undefined for the files at the root of shared/. */
function roomOf(file: string): string | undefined {
  const [top, folder] = dirname(file).split('/');
  return top === 'shared' ? folder && `${top}/${folder}` : top;
}

/** The room's row, or -1 for the files at the root of shared/. */
function rowOf(file: string): number {
  const room = roomOf(file);
  return room === undefined ? -1 : ROWS.findIndex((row) => row.includes(room));
}

/** Pairs of a file and what it imports, where the test says so. */
function violations(broken: (file: string, target: string) => boolean): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => broken(file, target)).map((target) => `${file} imports ${target}`),
  );
}

/** Ways through what imports what that come back to where they began. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    if (state.get(node) === 'open') found.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (state.has(node)) return;
    state.set(node, 'open');
    for (const target of graph.get(node) ?? []) visit(target, [...path, node]);
    state.set(node, 'done');
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

it('every source is in a room, and every room has sources', () => {
  expect(sources.filter((file) => rowOf(file) < 0 && roomOf(file) !== undefined)).toEqual([]);
  expect(ROOMS.filter((room) => !sources.some((file) => roomOf(file) === room))).toEqual([]);
});

it('a room imports itself, rows above its own and rooms on its left', () => {
  const order = (file: string): number => ROOMS.indexOf(roomOf(file) ?? '');
  expect(violations((file, target) => order(target) > order(file))).toEqual([]);
});

it('files import each other in no circle', () => {
  expect(circles(imports)).toEqual([]);
});

it('folders import each other in no circle, a folder and one inside it apart', () => {
  const isInside = (inner: string, outer: string): boolean => `${inner}/`.startsWith(`${outer}/`);
  const folders = new Map<string, string[]>();
  for (const [file, targets] of imports) {
    const folder = dirname(file);
    const others = targets.map(dirname).filter((other) => !isInside(folder, other) && !isInside(other, folder));
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  expect(circles(folders)).toEqual([]);
});

it('a name is exported once, handlers of Lambda apart', () => {
  const homes = new Map<string, string[]>();
  for (const file of sources.filter((each) => !each.startsWith('lambda/'))) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const names = text.matchAll(/^export (?:async |abstract )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm);
    for (const [, name] of names) homes.set(name, [...new Set([...(homes.get(name) ?? []), file])]);
  }
  expect([...homes].filter(([, files]) => files.length > 1)).toEqual([]);
});

it('nothing that is shipped imports cdk/ or lambda/', () => {
  const ofCloud = /^(cdk|lambda)\//;
  expect(violations((file, target) => ofCloud.test(target) && !/^(cdk|lambda|bench)\//.test(file))).toEqual([]);
});

it('cdk/ describes and computes nothing: it takes settings, prices and retries from shared/', () => {
  const taken = /^shared\/(stage\/.*|cost\/(prices|retries)\.ts|[^/]+)$/;
  const isElsewhere = (target: string): boolean => !target.startsWith('cdk/') && !taken.test(target);
  expect(violations((file, target) => file.startsWith('cdk/') && isElsewhere(target))).toEqual([]);
});

it('nothing but tests depends on the library', () => {
  const api = 'local/api/';
  expect(violations((file, target) => target.startsWith(api) && !file.startsWith(api))).toEqual([]);
});

it('onnxruntime-node is imported in shared/onnx only', () => {
  const importers = everything.filter((file) => specifiers(file).includes('onnxruntime-node'));
  expect(importers.filter((file) => !file.startsWith('shared/onnx/'))).toEqual([]);
  expect(importers).not.toEqual([]);
});

it(`no folder has more than ${MOST_FILES} files`, () => {
  const counts = new Map<string, number>();
  for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

it(`no file reaches ${MOST_LINES} lines, generated tables apart`, () => {
  const long = everything.filter(
    (file) => file !== ELEMENT_TABLE && readFileSync(join(ROOT, file), 'utf8').split('\n').length > MOST_LINES,
  );
  expect(long).toEqual([]);
});
