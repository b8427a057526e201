import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCard } from '../../shared/models/card-file.ts';
import { renderCard } from '../../shared/student/card.ts';
import { wordsOf } from '../cli/called-command.ts';
import { shortStudent } from '../short-student.ts';
import { SHIPPED_TEACHER } from '../small-labels.ts';
import { type CommandBlock, commandBlocks, commandLines, documents, ROOT } from './documents.ts';

/** What a page may read of the repository. What it writes goes elsewhere. */
const READ = ['bench', 'data', 'docs', 'models', 'cdk.json', 'package.json'];

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'ionsieve-docs-'));
  mkdirSync(join(scratch, 'bin'));
  // What `npm run -s ionsieve --` does, without compiling before each command.
  const npm = `#!/bin/sh\n[ "$1 $2 $3 $4" = 'run -s ionsieve --' ] || exit 64\nshift 4\nexec "${process.execPath}" "${join(ROOT, 'dist/cli/main.js')}" "$@"\n`;
  writeFileSync(join(scratch, 'bin/npm'), npm);
  chmodSync(join(scratch, 'bin/npm'), 0o755);
});

afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that looks like the repository to the commands of a page. */
function checkout(document: string): string {
  const directory = join(scratch, document.replaceAll('/', '-'));
  mkdirSync(directory);
  for (const name of READ) symlinkSync(join(ROOT, name), join(directory, name));
  return directory;
}

function run({ text }: CommandBlock, directory: string): void {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(scratch, 'bin')}:${process.env.PATH}` },
  });
  expect(status, `${text}${stdout}${stderr}`).toBe(0);
}

/** A distillation takes minutes, so a short one makes the student that further commands of the page read. */
async function standIn(block: CommandBlock, directory: string): Promise<void> {
  for (const line of commandLines(block)) {
    const words = wordsOf(line);
    const value = (option: string): string => join(directory, words[words.indexOf(option) + 1]);
    if (!words.includes('distill')) continue;
    const { model, card } = await shortStudent(value('--labels'), SHIPPED_TEACHER);
    const out = value('--out');
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, model);
    writeFileSync(out.replace(/\.onnx$/, '.card.json'), encodeCard(card));
    writeFileSync(out.replace(/\.onnx$/, '.card.md'), renderCard(card));
  }
}

const pages = documents.filter((document) => commandBlocks(document).some(({ kind }) => kind === 'run'));

describe.each(pages)('%s', (document) => {
  let directory: string;
  beforeAll(() => {
    directory = checkout(document);
  });

  const blocks = commandBlocks(document).filter(({ kind }) => kind === 'run' || kind === 'long');
  it.each(blocks.map((block) => [block.line, block.kind, block] as const))(
    'line %i: %s',
    async (_line, kind, block) => {
      if (kind === 'run') run(block, directory);
      else await standIn(block, directory);
    },
  );
});
