import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import { sha256 } from '../../shared/hash.ts';
import {
  formatMeasurements,
  OBELIX_CREDIT,
  OBELIX_LICENCE,
  type ObelixMeasurement,
  parseObelix,
} from '../../shared/import/obelix.ts';
import { findCifs, findTable, type Named } from '../../shared/import/obelix-source.ts';
import type { ObelixSplit } from '../../shared/import/obelix-splits.ts';
import { DirectoryStore } from '../../shared/io/store/directory-store.ts';
import { tableText } from '../../shared/io/tables/table-file.ts';
import { formatJson } from '../../shared/json.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { printJson } from '../terminal/output.ts';
import { note } from '../terminal/terminal.ts';
import { type FetchOptions, fetchClient } from './import-client.ts';

interface Options extends FetchOptions {
  readonly out: string;
  readonly split: ObelixSplit;
  readonly cifs?: string | false;
  readonly json?: boolean;
}

/** `import obelix PATH|URL --out DIR`: measured conductivities as the other commands read them, and their CIF files. */
export async function runImportObelix(source: string, options: Options): Promise<void> {
  const { out, split, cifs, json } = options;
  await new DirectoryStore(out).checkWritable('measurements.csv');
  const { table, found } = await interruptible(
    'stopped; nothing is written: the same command begins anew',
    async (signal) => {
      const client = fetchClient(options, signal, note);
      const table = await findTable(source, split, client);
      return { table, found: cifs === false ? undefined : await findCifs(table.name, cifs, client) };
    },
  );
  const { measurements, skipped } = parseObelix(await tableText(table.bytes, table.name), table.name);
  for (const { reason } of skipped) note(`skipped: ${reason}`);
  const { files, ...counts } = matchFiles(measurements, found?.files ?? []);
  const text = formatMeasurements(measurements);
  const manifest = {
    source: table.name,
    cifSource: found?.name ?? null,
    sourceSha256: sha256(table.bytes),
    measurementsSha256: sha256(text),
    measurements: measurements.length,
    skipped,
    ...counts,
    licence: OBELIX_LICENCE,
    credit: OBELIX_CREDIT,
  };
  await write(out, files, [
    ['measurements.csv', text],
    ['manifest.json', formatJson(manifest)],
  ]);
  if (json) printJson(manifest);
  else process.stdout.write(describe(out, manifest));
}

/** The CIF files of the measurements, in their order, and what does not match. */
function matchFiles(measurements: readonly ObelixMeasurement[], found: readonly Named[]): { files: Named[] } & Counts {
  const byName = new Map(found.map((file) => [file.name, file]));
  const files = measurements.flatMap(({ id }) => byName.get(`${id}.cif`) ?? []);
  const missing = measurements.filter(({ id, hasStructure }) => hasStructure && !byName.has(`${id}.cif`));
  return {
    files,
    structures: files.length,
    structuresMissing: missing.length,
    structuresWithoutMeasurement: byName.size - files.length,
  };
}

/** Structures that were written, those that the table names and that are not there, and those that were left out. */
interface Counts {
  readonly structures: number;
  readonly structuresMissing: number;
  readonly structuresWithoutMeasurement: number;
}

async function write(
  out: string,
  files: readonly Named[],
  texts: readonly (readonly [string, string])[],
): Promise<void> {
  const store = new DirectoryStore(out);
  const names = new Set(files.map(({ name }) => `cifs/${name}`));
  const other = (await store.list('cifs/')).find((key) => !names.has(key));
  if (other !== undefined)
    throw new InputError(
      'is not of this import',
      { file: join(out, other) },
      'Choose another directory, or delete cifs/.',
    );
  for (const { name, bytes } of files) await store.put(`cifs/${name}`, bytes);
  for (const [name, text] of texts) await store.put(name, Buffer.from(text));
}

function describe(out: string, counts: { measurements: number } & Counts): string {
  const { measurements, structures, structuresMissing, structuresWithoutMeasurement } = counts;
  const lines = [
    `${formatCount(measurements)} measurements in ${join(out, 'measurements.csv')}, ${formatCount(structures)} structures in ${join(out, 'cifs')}`,
    ...(structuresMissing > 0
      ? [`${formatCount(structuresMissing)} structures that the table names are not there`]
      : []),
    ...(structuresWithoutMeasurement > 0
      ? [`${formatCount(structuresWithoutMeasurement)} structures left out: no measurement has their id`]
      : []),
    `licence: ${OBELIX_LICENCE}`,
    `credit: ${OBELIX_CREDIT}`,
  ];
  return `${lines.join('\n')}\n`;
}
