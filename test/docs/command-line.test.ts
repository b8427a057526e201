import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../shared/stage/stage-settings.ts';
import { commandReference } from './command-reference.ts';
import { ROOT, readDocument } from './documents.ts';

it('the reference of the command line has every command and option, as --help tells them', async () => {
  await expect(commandReference()).toMatchFileSnapshot(join(ROOT, 'docs/reference/command-line.md'));
});

it('the reference of the configuration has the settings of a stage with their defaults, and no others', () => {
  const [, table] = readDocument('docs/reference/configuration.md').split('| setting |');
  const rows = table.split('\n\n')[0].split('\n').slice(2);
  const named = rows.map((row) => /^\| `(\w+)` \|/.exec(row)?.[1]);
  expect(named.sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  for (const [setting, value] of Object.entries(DEFAULT_SETTINGS)) {
    const row = rows.find((line) => line.startsWith(`| \`${setting}\` |`));
    expect(row, setting).toBeDefined();
    const shown = typeof value === 'object' && value !== null ? Object.keys(value) : [String(value)];
    for (const text of shown) if (setting !== 'timeoutMinutes') expect(row).toContain(text);
  }
});
