import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabels } from '../../../shared/labels/labels-file.ts';
import { parseTeacher } from '../../../shared/teacher/teacher.ts';
import { type Ended, runCli } from '../../run-cli.ts';
import { sharedData } from '../../shared-data.ts';
import { shortStudent } from '../../short-student.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DATABASE = sharedData('mp-li.optimade.jsonl.gz');
const SMALL_SET = sharedData('small-set.csv');
const MEASURED = sharedData('obelix-train/train_randomized_cifs');
const ENOUGH = /"elements": ?\[[^\]]*"(S|Se|Cl|Br|Ca)"/; // for a student that knows every element of the space

const COMMANDS = new Map(
  Array.from(
    readFileSync(join(ROOT, 'docs/how-to/other-ions.md'), 'utf8').matchAll(/^npm run -s ionsieve -- (.+)$/gm),
    ([, command]) => [
      command
        .split(' ')
        .slice(0, command.startsWith('teacher') ? 2 : 1)
        .join(' '),
      command.split(/\s+/),
    ],
  ),
);

let directory: string;

/** A command of the page in a directory where its files lie, with further options. */
async function follow(name: string, ...more: string[]): Promise<Ended> {
  const ended = await runCli(directory, ...(COMMANDS.get(name) as string[]), ...more);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

/** `distill` in a moment. */
async function distillSmall(): Promise<Uint8Array> {
  const [, , labels, , teacher] = COMMANDS.get('distill') as string[];
  return (await shortStudent(join(directory, labels), join(directory, teacher))).model;
}

describe.skipIf(!(DATABASE && SMALL_SET && MEASURED))(
  'the commands of docs/how-to/other-ions.md, on a part of the structures',
  () => {
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'ionsieve-ions-'));
      for (const part of ['models', 'data/spaces'])
        cpSync(join(ROOT, part), join(directory, part), { recursive: true });
      const wanted = new RegExp(`${ENOUGH.source}|"(${smallSetIds().join('|')})"`);
      const lines = gunzipSync(readFileSync(DATABASE as string))
        .toString()
        .split('\n')
        .filter((line) => wanted.test(line));
      writeFileSync(join(directory, 'mp-li.optimade.jsonl.gz'), gzipSync(`${lines.join('\n')}\n`));
      const measured = join(directory, 'obelix-train/train_randomized_cifs');
      mkdirSync(measured, { recursive: true });
      const ids = new Set(readFileSync(SMALL_SET as string, 'utf8').match(/\w+/g));
      for (const file of readdirSync(MEASURED as string))
        if (ids.has(parse(file).name)) cpSync(join(MEASURED as string, file), join(measured, file));
      cpSync(SMALL_SET as string, join(directory, 'small-set.csv'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it('label, distill and screen sodium', async () => {
      await follow('label');
      const labels = await readLabels(join(directory, 'sodium-labels.csv.gz'));
      expect(
        labels.every(({ id, formula }) => id.endsWith(':Li>Na') && /Na/.test(formula) && !/Li/.test(formula)),
      ).toBe(true);
      writeFileSync(join(directory, 'sodium.onnx'), await distillSmall());
      await follow('screen', '--top', '20');
      const [run] = readdirSync(join(directory, 'out/runs'));
      const ranking = readFileSync(join(directory, 'out/runs', run, 'ranking.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1);
      expect(ranking).toHaveLength(20);
      expect(ranking.every((line) => /^\d+,\d+,[^,]*Na/.test(line))).toBe(true);
    });

    it('choose and fit features', async () => {
      const { stdout } = await follow('teacher choose', '--max-features', '1', '--permutations', '1', '--show', '2');
      expect(stdout).toContain('16 subsets of at most 1 of 16 features, leave-one-out\n\nrank  features  AUC');
      expect(stdout).toMatch(/with the choice inside the leave-one-out: AUC 0\.\d{3}\n/);
      expect(stdout).toMatch(/with shuffled classes, the best subset is as good in [01] of 1 cases/);
      const teacher = (name: string) => parseTeacher(readFileSync(join(directory, name), 'utf8'), name);
      const chosen = teacher('chosen.json');
      expect([chosen.features.length, chosen.training?.choice?.subsets]).toEqual([1, 16]);
      await follow('teacher fit');
      expect(teacher('mine.json').features.map(({ name }) => name)).toEqual(['lbi', 'lasd']);
    });

    it('do not mix ions: a student of lithium screens no sodium, and only the mobile ion of the teacher is put in', async () => {
      const screen = await runCli(directory, 'screen', '--space', 'data/spaces/sodium.json');
      expect(screen.stderr).toContain('the mobile ion of the space is Na and the student was trained on Li');
      const label = await runCli(
        directory,
        'label',
        'mp-li.optimade.jsonl.gz',
        '--out',
        'x.csv',
        '--substitute',
        'Li=K',
      );
      expect(label.stderr).toContain(
        'the mobile ion of teacher sendek-2017 is Li, and K is to be put in the place of Li',
      );
    });
  },
);

function smallSetIds(): string[] {
  return readFileSync(SMALL_SET as string, 'utf8').match(/mp-\d+/g) ?? [];
}
