import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Each folder of shared/ may import itself, folders to its left, and the files at the root of shared/. */
const LAYERS = [
  'io',
  'chemistry',
  'structure',
  'import',
  'teacher',
  'labels',
  'onnx', // before the student, which is trained by ONNX Runtime
  'student',
  'space',
  'screen',
  'ranking',
  'report',
  'study',
  'retraining',
];
const ELEMENT_TABLE = join('shared', 'chemistry', 'element-table.ts');
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const sources = sourcesBelow('shared');
const everything = ['shared', 'functions', 'cli', 'library', 'data', 'bench', 'supply-chain', 'test'].flatMap(
  sourcesBelow,
);

function specifiers(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map(([, specifier]) => specifier);
}

function relativeImports(file: string): string[] {
  return specifiers(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(file), specifier)));
}

/** -1 for the files at the root of shared/. */
function layer(file: string): number {
  const [, folder, rest] = file.split('/');
  return rest === undefined ? -1 : LAYERS.indexOf(folder);
}

function isAllowed(file: string, target: string): boolean {
  return target.startsWith('shared') && layer(target) <= layer(file);
}

it('shared/ depends one way only and never on functions/, cdk/ or cli/', () => {
  const violations = sources.flatMap((file) =>
    relativeImports(file)
      .filter((target) => !isAllowed(file, target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(violations).toEqual([]);
});

it('every folder of shared/ is a layer', () => {
  expect(sources.filter((file) => file.split('/').length > 2 && layer(file) < 0)).toEqual([]);
});

it('functions/ never depends on cli/', () => {
  const violations = sourcesBelow('functions').filter((file) =>
    relativeImports(file).some((target) => !target.startsWith('shared') && !target.startsWith('functions')),
  );
  expect(violations).toEqual([]);
});

it('nothing but tests depends on library/, and it on nothing but cli/ and shared/', () => {
  const inside = (file: string): boolean => file.startsWith('library');
  const sources = everything.filter((file) => !file.startsWith('test'));
  const violations = sources.filter((file) =>
    relativeImports(file).some((target) => (inside(file) ? !/^(library|cli|shared)\b/.test(target) : inside(target))),
  );
  expect(violations).toEqual([]);
});

it('onnxruntime-node is imported in shared/onnx only', () => {
  const importers = everything.filter((file) => specifiers(file).includes('onnxruntime-node'));
  expect(importers.filter((file) => !file.startsWith(join('shared', 'onnx')))).toEqual([]);
  expect(importers).not.toEqual([]);
});

it('no file reaches 300 lines, generated tables apart', () => {
  const long = everything.filter(
    (file) => file !== ELEMENT_TABLE && readFileSync(join(ROOT, file), 'utf8').split('\n').length > 300,
  );
  expect(long).toEqual([]);
});
