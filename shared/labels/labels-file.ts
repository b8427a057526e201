import { gzipSync } from 'node:zlib';
import { atomicNumber } from '../chemistry/elements.ts';
import { parseFormula } from '../chemistry/formula.ts';
import { InputError } from '../errors.ts';
import { type CsvRow, formatCsv, parseCsv, roundSignificant } from '../io/tables/csv.ts';
import { unpackGzip } from '../io/tables/gzip.ts';
import { readTableText } from '../io/tables/table-file.ts';
import { decodeText } from '../io/tables/text-encoding.ts';
import { type FeatureName, featureName } from '../teacher/feature-names.ts';
import type { StructureLabel } from './label.ts';
import type { SkippedStructure } from './label-structures.ts';

/** Columns that every labels file has; those of its features stand before the last. */
const LABEL_COLUMNS = ['id', 'formula', 'anion', 'probability'] as const;

const DIGITS = 6; // significant; positions are published to about as many
const GZIP_OS_BYTE = 9; // in the gzip header, RFC 1952
const UNKNOWN_OS = 255;

/**
 * Text of a labels file, in the order given; numbers have 6 significant digits. The features of the first label, in their
 * order, are its columns.
 *
 * @param labels with equal features
 */
export function formatLabels(labels: readonly StructureLabel[]): string {
  const features = Object.keys(labels[0]?.features ?? {}) as FeatureName[];
  const rows = labels.map((label) => [
    ...[label.id, label.formula, label.anion],
    ...[...features.map((name) => label.features[name] as number), label.probability].map((value) =>
      roundSignificant(value, DIGITS),
    ),
  ]);
  return formatCsv(['id', 'formula', 'anion', ...features, 'probability'], rows);
}

/** Text of the file of skipped structures that goes with a labels file. */
export function formatSkipped(skipped: readonly SkippedStructure[]): string {
  return formatCsv(
    ['id', 'reason'],
    skipped.map(({ id, detail }) => [id, detail]),
  );
}

const QUARANTINE_COLUMNS = ['id', 'reason', 'detail'] as const;

/** Text of a file of skipped structures with the reason that groups them, and what exactly is wrong. */
export function formatQuarantine(skipped: readonly SkippedStructure[]): string {
  return formatCsv(
    QUARANTINE_COLUMNS,
    skipped.map(({ id, reason, detail }) => [id, reason, detail]),
  );
}

/** Read such a file. */
export function parseQuarantine(text: string, file: string): SkippedStructure[] {
  const { rows } = parseCsv(text, file, QUARANTINE_COLUMNS);
  return rows.map((row) => ({ id: row.text('id'), reason: row.text('reason'), detail: row.text('detail') }));
}

/** Gzip data without time or system in its header: equal texts give equal bytes with equal zlib versions. */
export function compress(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 9 });
  bytes[GZIP_OS_BYTE] = UNKNOWN_OS;
  return bytes;
}

/**
 * Read a labels file, of any kind of table.
 *
 * @throws {InputError} naming line and column of a bad value, the column that is missing, or what makes it unreadable
 */
export async function readLabels(path: string): Promise<StructureLabel[]> {
  return parseLabels(await readTableText(path), path);
}

/** Labels from the bytes of a labels file, plain or gzip; `file` names them in errors, which are as {@link readLabels} has them. */
export function decodeLabels(bytes: Uint8Array, file: string): StructureLabel[] {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseLabels(decodeText(packed ? unpackGzip(bytes, file) : bytes, file), file);
}

/** Labels from the text of a labels file; columns that are no features are ignored. Errors are as {@link readLabels} has them. */
export function parseLabels(text: string, file: string): StructureLabel[] {
  const labels = parseAnyLabels(text, file);
  if (labels.length > 0) return labels;
  throw new InputError('the file holds no labels', { file }, 'Make labels with `label PATH… --out labels.csv`.');
}

/** As {@link parseLabels}, of a file that may hold none, such as that of a part of a dataset. */
export function parseAnyLabels(text: string, file: string): StructureLabel[] {
  const { columns, rows } = parseCsv(text, file, LABEL_COLUMNS);
  const features = columns.flatMap((column) => featureName(column) ?? []);
  const labels = rows.map((row) => parseRow(row, features));
  const seen = new Set<string>();
  labels.forEach(({ id }, i) => {
    if (seen.has(id))
      throw new InputError(`${JSON.stringify(id)} occurs twice`, rows[i].place('id'), 'Delete one of the rows.');
    seen.add(id);
  });
  return labels;
}

function parseRow(row: CsvRow, names: readonly FeatureName[]): StructureLabel {
  const formula = row.required('formula');
  parseFormula(formula, row.place('formula'));
  const anion = row.required('anion');
  if (atomicNumber(anion) === undefined)
    throw new InputError(
      `${JSON.stringify(anion)} is no known element`,
      row.place('anion'),
      'Give a symbol such as O.',
    );
  const features = Object.fromEntries(names.map((name) => [name, nonNegative(row, name)]));
  const probability = nonNegative(row, 'probability');
  if (probability > 1)
    throw new InputError(`${probability} is above 1`, row.place('probability'), 'A probability is between 0 and 1.');
  return { id: row.required('id'), formula, anion, features, probability };
}

function nonNegative(row: CsvRow, column: string): number {
  const value = row.number(column);
  if (value < 0) throw new InputError(`${value} is negative`, row.place(column), 'Make the labels again with `label`.');
  return value;
}
