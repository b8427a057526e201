import { join } from 'node:path';
import { expect, it } from 'vitest';
import { program } from '../../cli/program.ts';
import { completable } from '../../cli/terminal/completable.ts';
import { flagOf, RUN_OPTIONS, type RunOptionName, runOption } from '../../shared/screen/run-option-table.ts';
import { ROOT } from './documents.ts';
import { runOptionReference } from './run-option-reference.ts';

const NAMES = Object.keys(RUN_OPTIONS) as RunOptionName[];

it('the reference of run options has every option as it is declared', async () => {
  await expect(runOptionReference()).toMatchFileSnapshot(join(ROOT, 'docs/reference/run-options.md'));
});

it.each([['screen'], ['cloud start']])('%s has a flag for every declared option, and shells complete it', (path) => {
  const commands = completable(program());
  const command = commands.find((one) => one.path === ` ${path}`);
  for (const name of NAMES) {
    const option = command?.options.find(({ flags }) => flags.includes(flagOf(name)));
    expect(option, name).toBeDefined();
    const { choices, groups, kind } = runOption(name);
    expect(option?.values === undefined, name).toBe(kind === 'switch');
    if (choices ?? groups)
      expect(option?.values?.names).toEqual(expect.arrayContaining([...(choices ?? groups ?? [])]));
    if (kind === 'names') expect(option?.values?.isList).toBe(true);
  }
});
