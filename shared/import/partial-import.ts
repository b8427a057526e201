import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { InputError, IntegrityError } from '../errors.ts';
import { DirectoryStore } from '../io/store/directory-store.ts';
import { fileError } from '../io/store/file-error.ts';
import { readSealedJson, sealJson } from '../io/store/sealed-json.ts';
import { readLines } from '../io/tables/lines.ts';
import { fields, integer, listOf, type Shape, sha256Text, text } from '../shape.ts';
import { optimadeId, parseJson } from '../structure/formats/optimade.ts';

/** What is asked, and of whom: an import goes on only with the same. */
export interface OptimadeQuery {
  readonly baseUrl: string;
  readonly filter: string;
  readonly pageLimit: number;
  readonly responseFields: readonly string[];
}

/** How far an import is. */
export interface Cursor {
  readonly query: OptimadeQuery;
  readonly next: string | null; // page to get next; null = all is there
  readonly pages: number;
  readonly bytes: number; // of the partial file that belong to these pages; what follows is of a broken write
  readonly partialSha256: string; // of these bytes, hexadecimal
  readonly structures: number;
  readonly repeated: number; // entries left out because their id had come before
  readonly announced: number | null; // entries that the provider counts, as of the last page
  readonly apiVersion: string | null;
  readonly provider: string | null; // as it names itself
  readonly from: string; // time of the first and the last page, ISO 8601
  readonly to: string;
}

const CURSOR: Shape<Cursor> = fields({
  query: fields({ baseUrl: text, filter: v.string('a text'), pageLimit: integer(), responseFields: listOf(text) }),
  next: v.nullable(v.pipe(text, v.url('an address'))),
  pages: integer(),
  bytes: integer(),
  partialSha256: sha256Text,
  structures: integer(),
  repeated: integer(),
  announced: v.nullable(integer()),
  apiVersion: v.nullable(v.string('a text')),
  provider: v.nullable(v.string('a text')),
  from: text,
  to: text,
});

/**
 * The files of an import that is under way, beside the file that it becomes: the structures so far (`.partial`, gzip
 * members one after the other if the file ends in `.gz`) and how far they go (`.cursor.json`). A page is first flushed
 * to the partial file and then named in the cursor, so that a crash neither loses a page nor doubles one. The cursor has
 * the hash of the partial file, and its own: what was damaged meanwhile is not gone on with.
 */
export class PartialImport {
  readonly out: string;
  readonly partialPath: string;
  readonly cursorPath: string;
  private readonly store: DirectoryStore;
  private hash = createHash('sha256'); // of the partial file so far

  constructor(out: string) {
    this.out = out;
    this.partialPath = `${out}.partial`;
    this.cursorPath = `${out}.cursor.json`;
    this.store = new DirectoryStore(dirname(out));
  }

  /** How far an earlier run came, or undefined if there was none. */
  async cursor(): Promise<Cursor | undefined> {
    const bytes = await this.store.get(basename(this.cursorPath));
    if (bytes === undefined) return undefined;
    const cursor = readSealedJson(CURSOR, bytes, (problem, column) => this.damaged(problem, column));
    if (cursor.next === null && (await sizeOf(this.partialPath)) === 0 && (await sizeOf(this.out)) === cursor.bytes)
      await rename(this.out, this.partialPath); // stopped while it finished
    const size = await sizeOf(this.partialPath);
    if (size < cursor.bytes)
      throw this.damaged(`says that ${basename(this.partialPath)} has ${cursor.bytes} bytes, and there are ${size}`);
    if (size > cursor.bytes) await truncate(this.partialPath, cursor.bytes);
    await this.check(cursor);
    return cursor;
  }

  /** Refuse a partial file that is not as the cursor has it. */
  async check({ partialSha256 }: Cursor): Promise<void> {
    this.hash = createHash('sha256');
    for await (const bytes of createReadStream(this.partialPath)) this.hash.update(bytes as Uint8Array);
    const { sha256 } = this;
    if (sha256 !== partialSha256)
      throw this.damaged(
        `says that ${basename(this.partialPath)} has the SHA-256 ${partialSha256}, and it has ${sha256}`,
      );
  }

  /** SHA-256 of the partial file so far, hexadecimal. */
  get sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Ids of the structures so far. */
  async ids(): Promise<Set<string>> {
    const ids = new Set<string>();
    const partial = { name: this.out, open: () => createReadStream(this.partialPath) }; // packed if its name says so
    for await (const { text, number } of readLines(partial)) {
      const id = optimadeId(parseJson(text, { file: this.partialPath, line: number }));
      if (id !== undefined) ids.add(id);
    }
    return ids;
  }

  /**
   * Add lines at the place where the cursor says that the file ends.
   *
   * @returns bytes of the file then
   */
  async append(lines: readonly string[], end: number): Promise<number> {
    const text = lines.map((line) => `${line}\n`).join('');
    const bytes = this.out.toLowerCase().endsWith('.gz') ? gzipSync(text) : Buffer.from(text);
    try {
      const file = await open(this.partialPath, end === 0 ? 'w' : 'r+');
      try {
        await file.truncate(end);
        await file.write(bytes, 0, bytes.length, end);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fileError(error, this.partialPath);
    }
    this.hash.update(bytes);
    return end + bytes.length;
  }

  async save(cursor: Cursor): Promise<void> {
    await this.store.put(basename(this.cursorPath), sealJson(cursor));
  }

  /** The partial file becomes the file. The cursor goes last: without it nobody knows what the partial file is. */
  async finish(): Promise<void> {
    try {
      await rename(this.partialPath, this.out);
    } catch (error) {
      throw fileError(error, this.out);
    }
    await rm(this.cursorPath, { force: true });
  }

  /** Forget an earlier run. */
  async discard(): Promise<void> {
    await rm(this.partialPath, { force: true });
    await rm(this.cursorPath, { force: true });
  }

  private damaged(problem: string, column?: string): IntegrityError {
    return new IntegrityError(problem, { file: this.cursorPath, column }, 'Start the import anew with --restart.');
  }
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

/** Refuse to go on with another query than the one that was begun. */
export function checkSameQuery(begun: OptimadeQuery, query: OptimadeQuery, file: string): void {
  if (JSON.stringify(begun) === JSON.stringify(query)) return;
  const { baseUrl, filter, pageLimit } = begun;
  throw new InputError(
    `an import of ${baseUrl} with --filter ${JSON.stringify(filter)} and --page-limit ${pageLimit} is not finished`,
    { file },
    'Give these options to go on with it, another --out, or --restart to throw away what it has.',
  );
}
