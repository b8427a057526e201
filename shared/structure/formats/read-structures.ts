import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../errors.ts';
import { type ByteSource, fileSource } from '../../io/store/byte-source.ts';
import { filesBelow, isDirectory } from '../../io/store/files.ts';
import { type Line, readLines, readText } from '../../io/tables/lines.ts';
import { MAX_STRUCTURE_TEXT } from '../../limits.ts';
import type { Structure } from '../structure.ts';
import { atomBlocks, readCifBlock } from './cif.ts';
import { optimadeId, optimadeResources, parseJson, readOptimade } from './optimade.ts';
import { parsePoscar } from './poscar.ts';

/** One structure of the input, or the reason why it is not usable. */
export type StructureResult = { readonly structure: Structure } | { readonly id: string; readonly error: InputError };

/** What a structure file is written in. */
export type StructureFormat = 'cif' | 'poscar' | 'optimade';

/** A structure file to be read, on a disk or in a store. */
export interface StructureFile {
  readonly source: ByteSource;
  readonly format: StructureFormat;
  readonly id: string; // of its structure, where the file holds none itself
  readonly linesOnly: boolean; // JSON Lines, where no document can begin
}

const FORMATS: readonly (readonly [extension: RegExp, format: StructureFormat])[] = [
  [/\.cif(\.gz)?$/i, 'cif'],
  [/\.(vasp|poscar)(\.gz)?$/i, 'poscar'],
  [/\.(json|jsonl|optimade)(\.gz)?$/i, 'optimade'],
];
const LINES = /\.jsonl(\.gz)?$/i;
const POSCAR_BEGINS = /^(POSCAR|CONTCAR)/;

/** The word in a name such as `mp-1960_POSCAR`, `Li2O.POSCAR.txt` or `relaxed-contcar.2`; not `make_POSCAR.py`. */
const POSCAR_WORD = /(^|[._ -])(poscar|contcar)([_ -][^.]*)?(\.(txt|dat|\d+))?(\.gz)?$/i;

const NAMES =
  'Structure files are named .cif, .vasp, .poscar, POSCAR…, CONTCAR…, …_POSCAR, .json, .jsonl or .optimade, with or without .gz.';

/** What a reader of structures tells while it reads. */
export interface ReadOptions {
  /** Is given every file before the first is read, and returns what is read in its place. @default the file itself */
  readonly watch?: (source: ByteSource) => ByteSource;
  /** Is told the files of a folder whose names tell no format, relative to it; at least one. */
  readonly onPassedOver?: (folder: string, names: readonly string[]) => void;
}

/**
 * The structures of files and directories, one after the other, in the order of the paths and below a directory sorted by
 * name. The format follows from the name: `.cif`; `.vasp`, `.poscar`, `POSCAR…`, `CONTCAR…` or these as a word of the name;
 * `.json`, `.jsonl` or `.optimade`; each may be followed by `.gz`. Other files in a directory are passed over.
 *
 * A structure that is not usable is yielded with its reason, and the stream goes on; if it is all there is, it is thrown.
 *
 * @throws {InputError} for a path that cannot be read or has no known format, a directory without structure files, and
 *   for JSON lines that are cut off: how many structures are missing, nobody knows
 */
export async function* readStructures(
  paths: readonly string[],
  { watch = (source) => source, onPassedOver = () => undefined }: ReadOptions = {},
): AsyncGenerator<StructureResult> {
  let only: StructureResult | undefined; // held back while it is a failure and nothing else was read
  let count = 0;
  const files = (await collectFiles(paths, onPassedOver)).map((file) => ({ ...file, source: watch(file.source) }));
  for (const file of files) {
    for await (const result of readStructureFile(file)) {
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

async function collectFiles(
  paths: readonly string[],
  onPassedOver: NonNullable<ReadOptions['onPassedOver']>,
): Promise<StructureFile[]> {
  let files: StructureFile[] = [];
  for (const path of paths) {
    if (await isDirectory(path)) {
      files = files.concat(await filesOfFolder(path, onPassedOver)); // a folder has more than a call takes arguments
    } else {
      const file = structureFile(fileSource(path), basename(path));
      if (file === undefined) throw new InputError('the name tells no structure format', { file: path }, NAMES);
      files.push(file);
    }
  }
  return files;
}

async function filesOfFolder(
  folder: string,
  onPassedOver: NonNullable<ReadOptions['onPassedOver']>,
): Promise<StructureFile[]> {
  const others: string[] = [];
  const found = (await filesBelow(folder)).flatMap((name) => {
    const file = structureFile(fileSource(join(folder, name)), name);
    if (file === undefined) others.push(name);
    return file ?? [];
  });
  if (found.length === 0) throw new InputError('holds no structure files', { file: folder }, NAMES);
  if (others.length > 0) onPassedOver(folder, others);
  return found;
}

/**
 * A file as one of structures, or undefined if its name tells no such format.
 *
 * @param name relative to the folder that was given; becomes the identifier of a structure that has none
 */
export function structureFile(source: ByteSource, name: string): StructureFile | undefined {
  for (const [extension, format] of FORMATS) {
    if (extension.test(name)) return { source, format, id: name.replace(extension, ''), linesOnly: LINES.test(name) };
  }
  if (!POSCAR_BEGINS.test(basename(name)) && !POSCAR_WORD.test(basename(name))) return undefined;
  const folder = basename(dirname(resolve(source.name))); // calculations are told apart by their folders
  return { source, format: 'poscar', id: name.includes('/') ? name : `${folder}/${name}`, linesOnly: false };
}

/**
 * The structures of one file, those that are not usable with their reasons.
 *
 * @throws {InputError} for JSON lines or gzip data that are cut off
 */
export async function* readStructureFile(file: StructureFile): AsyncGenerator<StructureResult> {
  const { source, format, id } = file;
  if (format === 'optimade') yield* readOptimadeFile(file);
  else {
    const path = source.name;
    try {
      const text = await readText(source, MAX_STRUCTURE_TEXT);
      if (format === 'poscar') yield { structure: parsePoscar(text, id, path) };
      else
        for (const { id: of, block } of atomBlocks(text, id, path))
          yield attempt(of, () => readCifBlock(block, of, path));
    } catch (error) {
      yield failure(id, error);
    }
  }
}

/** JSON Lines are read one by one; a file not named .jsonl that begins like one JSON document of several lines is read as a whole. */
async function* readOptimadeFile({ source, linesOnly }: StructureFile): AsyncGenerator<StructureResult> {
  const path = source.name;
  let count = 0;
  for await (const line of readLines(source)) {
    if (line.number === 1 && !linesOnly && startsDocument(line.text)) return yield* readDocument(source);
    if (line.text.trim() === '') continue;
    for (const result of readOptimadeLine(line, path)) {
      count++;
      yield result;
    }
  }
  if (count === 0) yield noStructures(path);
}

async function* readDocument(source: ByteSource): AsyncGenerator<StructureResult> {
  const path = source.name;
  const resources = optimadeResources(parseJson(await readText(source), { file: path }));
  for (const resource of resources) {
    yield attempt(optimadeId(resource) ?? path, () => readOptimade(resource, { file: path }));
  }
  if (resources.length === 0) yield noStructures(path);
}

function* readOptimadeLine(line: Line, path: string): Generator<StructureResult> {
  const place = { file: path, line: line.number };
  const id = `${path}:${line.number}`;
  let value: unknown;
  try {
    value = parseJson(line.text, place);
  } catch (error) {
    if (!line.terminated) throw error; // cut off: an unknown number of structures is missing
    yield failure(id, error);
    return;
  }
  for (const resource of optimadeResources(value)) {
    yield attempt(optimadeId(resource) ?? id, () => readOptimade(resource, place));
  }
}

/** Whether the first line is the beginning of a JSON document, not a whole line of JSON Lines or a damaged one. */
export function startsDocument(text: string): boolean {
  return /^\s*[[{]/.test(text) && !text.includes('"attributes"') && !isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function noStructures(path: string): StructureResult {
  return {
    id: path,
    error: new InputError('holds no structures', { file: path }, 'Give OPTIMADE structures, one per line.'),
  };
}

function attempt(id: string, read: () => Structure): StructureResult {
  try {
    return { structure: read() };
  } catch (error) {
    return failure(id, error);
  }
}

/** A reason to skip a structure; what is no fault of the input is thrown. */
function failure(id: string, error: unknown): StructureResult {
  if (error instanceof InputError) return { id, error };
  throw error;
}
