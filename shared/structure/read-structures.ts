import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import { filesBelow, isDirectory } from '../io/files.ts';
import { type Line, readLines } from '../io/lines.ts';
import { optimadeId, optimadeResources, parseJson, readOptimade } from './optimade.ts';
import type { Structure } from './structure.ts';

/** One structure of the input, or the reason why it is not usable. */
export type StructureResult = { readonly structure: Structure } | { readonly id: string; readonly error: InputError };

type Format = 'optimade';

/** A file to be read. */
interface Source {
  readonly path: string;
  readonly format: Format;
  readonly id: string; // of its structure, where the file holds none itself
}

const FORMATS: readonly (readonly [pattern: RegExp, format: Format])[] = [
  [/\.(json|jsonl|optimade)(\.gz)?$/i, 'optimade'],
];

/**
 * The structures of files and directories, one after the other, in the order of the paths and below a directory sorted by
 * name. The format follows from the name: `.json`, `.jsonl` or `.optimade`; each may be followed by `.gz`. Other files in
 * a directory are passed over.
 *
 * A structure that is not usable is yielded with its reason, and the stream goes on; if it is all there is, it is thrown.
 *
 * @throws {InputError} for a path that cannot be read or has no known format, a directory without structure files, and
 *   for JSON lines that are cut off: how many structures are missing, nobody knows
 */
export async function* readStructures(paths: readonly string[]): AsyncGenerator<StructureResult> {
  let only: StructureResult | undefined; // held back while it is a failure and nothing else was read
  let count = 0;
  for (const source of await collectSources(paths)) {
    for await (const result of readSource(source)) {
      count++;
      if (count === 1 && 'error' in result) {
        only = result;
        continue;
      }
      if (only !== undefined) yield only;
      only = undefined;
      yield result;
    }
  }
  if (only !== undefined && 'error' in only) throw only.error;
}

async function collectSources(paths: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (await isDirectory(path)) {
      const found = (await filesBelow(path)).flatMap((name) => toSource(join(path, name), name) ?? []);
      if (found.length === 0) throw new InputError('holds no structure files', { file: path }, NAMES);
      sources.push(...found);
    } else {
      const source = toSource(path, basename(path));
      if (source === undefined) throw new InputError('the name tells no structure format', { file: path }, NAMES);
      sources.push(source);
    }
  }
  return sources;
}

const NAMES = 'Structure files are named .json, .jsonl or .optimade, each with or without .gz.';

function toSource(path: string, name: string): Source | undefined {
  for (const [pattern, format] of FORMATS) {
    if (pattern.test(name)) return { path, format, id: name.replace(pattern, '') };
  }
  return undefined;
}

async function* readSource({ path }: Source): AsyncGenerator<StructureResult> {
  yield* readOptimadeFile(path);
}

/** JSON Lines are read one by one; a file whose first line is no whole JSON value is read as one document. */
async function* readOptimadeFile(path: string): AsyncGenerator<StructureResult> {
  const document: string[] = [];
  for await (const line of readLines(path)) {
    if (document.length > 0 || (line.number === 1 && startsDocument(line.text))) document.push(line.text);
    else if (line.text.trim() !== '') yield* readOptimadeLine(line, path);
  }
  if (document.length === 0) return;
  const place = { file: path, line: document.length };
  for (const resource of optimadeResources(parseJson(document.join('\n'), place))) {
    yield attempt(optimadeId(resource) ?? path, () => readOptimade(resource, { file: path }));
  }
}

function* readOptimadeLine(line: Line, path: string): Generator<StructureResult> {
  const place = { file: path, line: line.number };
  let value: unknown;
  try {
    value = parseJson(line.text, place);
  } catch (error) {
    if (!line.terminated || !(error instanceof InputError)) throw error; // cut off: an unknown number is missing
    yield { id: `${path}:${line.number}`, error };
    return;
  }
  for (const resource of optimadeResources(value)) {
    yield attempt(optimadeId(resource) ?? `${path}:${line.number}`, () => readOptimade(resource, place));
  }
}

function startsDocument(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch {
    return !text.includes('}'); // a line of JSON Lines that is cut off holds its elements already
  }
}

function attempt(id: string, read: () => Structure): StructureResult {
  try {
    return { structure: read() };
  } catch (error) {
    if (error instanceof InputError) return { id, error };
    throw error;
  }
}
