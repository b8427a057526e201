import { lockRun } from '../../local/run-lock.ts';
import { atomicNumber, SYMBOLS } from '../../shared/chemistry/elements.ts';
import { InputError } from '../../shared/errors.ts';
import { type ImportManifest, type ImportOptions, importOptimade } from '../../shared/import/import-optimade.ts';
import { findProvider, type OptimadeProvider, PROVIDER_IDS } from '../../shared/import/providers.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { didYouMean } from '../../shared/suggest.ts';
import { interruptible } from '../terminal/interruptible.ts';
import { printJson } from '../terminal/output.ts';
import { checkOutput, outputFile } from '../terminal/output-files.ts';
import { type FetchOptions, fetchClient } from './import-client.ts';
import { ImportProgress } from './import-progress.ts';

interface Options extends FetchOptions {
  readonly provider: string;
  readonly filter?: string;
  readonly ion: string;
  readonly out: string;
  readonly pageLimit?: number;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** `import optimade --provider mp --out mp.jsonl.gz`: structures from a database that answers OPTIMADE queries. */
export async function runImportOptimade(options: Options): Promise<void> {
  const { json } = options;
  const job = importOptions(options, await importFile(options.out));
  const { out } = job;
  await checkOutput(out, []);
  const release = await lockRun(`${out}.lock`);
  const progress = new ImportProgress();
  try {
    const manifest = await interruptible(
      'stopped; what was fetched is kept: give the same command again to go on',
      (signal) => {
        const client = fetchClient(options, signal, (text) => progress.note(text));
        return importOptimade(
          job,
          client,
          () => new Date(),
          (cursor, resumed) => progress.update(cursor, resumed),
        );
      },
    );
    progress.finish();
    if (json) printJson(manifest);
    else process.stdout.write(describe(out, manifest));
  } finally {
    progress.stop();
    await release();
  }
}

/** The file that is imported to: at the end of symbolic links, so that what is unfinished is beside it. */
async function importFile(out: string): Promise<string> {
  const ending = ENDING.exec(out)?.[0].toLowerCase();
  const file = ending === undefined ? undefined : await outputFile(out);
  if (file !== undefined && ENDING.exec(file)?.[0].toLowerCase() === ending) return file;
  const leads = file === undefined ? '' : ` and leads to ${file}, which is another`;
  throw new InputError(
    `is no name for OPTIMADE JSON Lines${leads}`,
    { file: out },
    'Name a .jsonl or .jsonl.gz file with --out.',
  );
}

const ENDING = /\.jsonl(\.gz)?$/i;

function importOptions(
  { provider: name, filter, ion, pageLimit, restart = false }: Options,
  out: string,
): ImportOptions {
  if (filter?.trim() === '') throw new InputError('--filter is empty', {}, 'Give a filter such as elements HAS "Li".');
  if (atomicNumber(ion) === undefined)
    throw new InputError(
      `--ion ${JSON.stringify(ion)} is no element`,
      {},
      `Give a symbol such as Li or Na.${didYouMean(ion, SYMBOLS)}`,
    );
  const provider = providerOf(name);
  return {
    provider,
    filter: filter ?? `elements HAS "${ion}"`,
    pageLimit: pageLimit ?? provider.pageLimit,
    out,
    restart,
  };
}

function providerOf(name: string): OptimadeProvider {
  const suggestion = name.includes(':') || PROVIDER_IDS.includes(name) ? '' : didYouMean(name, PROVIDER_IDS);
  try {
    return findProvider(name);
  } catch (error) {
    if (suggestion === '' || !(error instanceof InputError)) throw error;
    throw new InputError(error.problem, { column: '--provider' }, `${error.remedy}${suggestion}`);
  }
}

function describe(
  out: string,
  { structures, repeated, announced, providerName, licence, credit }: ImportManifest,
): string {
  const entries = structures + repeated;
  const lines = [
    `${formatCount(structures)} structures of ${providerName} in ${out}`,
    ...(repeated > 0 ? [`${formatCount(repeated)} more entries left out: their ids had come before`] : []),
    ...(announced !== null && announced !== entries
      ? [
          `the provider speaks of ${formatCount(announced)} entries and served ${formatCount(entries)}: its data may have changed meanwhile`,
        ]
      : []),
    `licence: ${licence ?? 'not known here, ask the provider'}`,
    ...(credit === null ? [] : [`credit: ${credit}`]),
    `source, filter, time and SHA-256 are in ${out}.manifest.json`,
  ];
  return `${lines.join('\n')}\n`;
}
