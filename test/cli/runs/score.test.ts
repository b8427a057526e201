import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStudent } from '../../random-student.ts';
import { type Ended, runCli } from '../../run-cli.ts';

interface Score {
  readonly formula: string;
  readonly probability: number;
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-score-'));
  writeFileSync(join(directory, 'mine.onnx'), randomStudent(['Li', 'O', 'S', 'P']));
});
afterAll(() => rmSync(directory, { recursive: true }));

const score = (...args: string[]): Promise<Ended> => runCli(directory, 'score', ...args);

async function scores(...args: string[]): Promise<Score[]> {
  const { code, stdout, stderr } = await score(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Score[];
}

/** Exit code 2 and one line on stderr; nothing on stdout. */
async function refusal(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await score(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  return stderr;
}

describe('score', () => {
  it('prints [{formula, probability, …}] with --json, formulas as they were written and in their order', async () => {
    const found = await scores('Li6.4La3Zr1.4Ta0.6O12', 'Li10Ge(PS6)2', 'Li2SO4·H2O', 'LiBr·0.5H2O', 'Li₃PS₄');
    const names = ['formula', 'probability', 'probability_mean', 'probability_std', 'probability_lower'];
    expect(found.map((entry) => Object.keys(entry))).toEqual(found.map(() => names));
    expect(found.map(({ formula }) => formula)).toEqual([
      'Li6.4La3Zr1.4Ta0.6O12',
      'Li10Ge(PS6)2',
      'Li2SO4·H2O',
      'LiBr·0.5H2O',
      'Li₃PS₄',
    ]);
    for (const { probability } of found) {
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(1);
    }
  });

  it.each([
    ['semicolons', 'list.csv', 'Note;Composition\nx;Li3PS4\n;\ny;Li2,5PS4\n'],
    ['UTF-16 and tabs', 'list.txt', Buffer.from('\ufeffFormula\tn\r\nLi3PS4\t1\r\nLi2.5PS4\t2\r\n', 'utf16le')],
    ['returns', 'mac.csv', 'formula\rLi3PS4\rLi2.5PS4\r'],
    ['one formula a line', 'plain.csv', '# two, of mine\nLi3PS4\n\nLi2.5PS4'],
  ])('reads a table with %s', async (_, name, content) => {
    writeFileSync(join(directory, name), content);
    expect(await scores('--file', name)).toEqual(await scores('Li3PS4', 'Li2.5PS4'));
  });

  it('reads an Excel workbook, and says which of its sheets', async () => {
    const rows = [
      ['id', 'Formula'],
      [1, 'Li3PS4'],
      [2, 'Li2O'],
    ];
    const sheets = [
      { name: 'About', rows: [['mine']] },
      { name: 'Data', rows },
    ];
    writeFileSync(join(directory, 'list.xlsx'), await writeXlsx({ sheets }));
    const { code, stdout, stderr } = await score('--file', 'list.xlsx', '--json');
    expect([code, stderr]).toEqual([0, 'list.xlsx: the sheet Data is read\n']);
    expect(JSON.parse(stdout)).toEqual(await scores('Li3PS4', 'Li2O'));
    writeFileSync(
      join(directory, 'bad.xlsx'),
      await writeXlsx({
        sheets: [
          {
            name: 'a',
            rows: [
              ['formula', 'n'],
              ['Li2O', 1],
              ['Li\nLi2O', 2],
            ],
          },
        ],
      }),
    );
    expect(await refusal('--file', 'bad.xlsx')).toContain('bad.xlsx:3:formula: there are several lines in the cell');
  });

  it('refuses rows that are not as the header, and columns that are not of formulas', async () => {
    writeFileSync(join(directory, 'cut.csv'), 'formula,n\nLi2O,1\nLi3,5Zn0,25GeO4,2\n');
    expect(await refusal('--file', 'cut.csv')).toContain('cut.csv:3:formula: the row has 4 cells, and the header 2');
    writeFileSync(join(directory, 'empty-cell.csv'), 'formula,n\nLi2O,1\n,2\n');
    expect(await refusal('--file', 'empty-cell.csv')).toContain('empty-cell.csv:3:formula: the row has no formula');
    writeFileSync(join(directory, 'names.csv'), 'name,n\nLi2O,1\n');
    expect(await refusal('--file', 'names.csv')).toContain('column formula is missing; found name, n');
  });

  it('gives one composition one score, however it is written and whatever else is asked', async () => {
    const found = await scores('Li3PS4', 'Li6P2S8', 'S4PLi3', 'Li3(PS4)', 'Li1.5P0.5S2', 'Li2O');
    const [first, ...same] = found.slice(0, 5).map(({ probability }) => probability);
    for (const probability of same) expect(Math.abs(probability - first)).toBeLessThan(1e-6);
    expect(await scores('Li3PS4')).toEqual([found[0]]);
  });

  it('prints a table without --json', async () => {
    const { code, stdout, stderr } = await score('Li3PS4', 'Li2O');
    expect([code, stderr]).toEqual([0, '']);
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^formula +probability +probability_mean +probability_std +probability_lower$/);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^Li\w+( +[01]\.\d{6}){4} *$/);
  });

  it('leaves the committee out with --committee none, or where there is none beside the student', async () => {
    for (const args of [
      ['--committee', 'none'],
      ['--student', 'mine.onnx'],
    ])
      expect((await score('Li2O', ...args)).stdout).toMatch(/^formula {2,}probability\nLi2O +0\.\d{6}\n$/);
  });

  it('takes a shipped student by its name', async () => {
    const [labels] = await scores('Li6PS5Cl', '--student', 'labels');
    const [measured] = await scores('Li6PS5Cl', '--student', 'measured', '--quiet');
    expect(await scores('Li6PS5Cl')).toEqual([labels]);
    expect(measured.probability).not.toBe(labels.probability);
    expect((await score('Li6PS5Cl', '--student', 'measured')).stderr).toContain('committee learned from labels alone');
  });

  it('takes formulas from a file, plain or gzip, after those on the command line', async () => {
    const text = '\uFEFF# glasses\r\nLi3PS4\r\n\r\n  Li2O  \n# end\nLi2S';
    writeFileSync(join(directory, 'f.txt'), text);
    writeFileSync(join(directory, 'f.txt.gz'), gzipSync(text));
    const formulas = async (...args: string[]): Promise<string[]> =>
      (await scores('--student', 'mine.onnx', ...args)).map(({ formula }) => formula);
    expect(await formulas('Li3PO4', '--file', 'f.txt')).toEqual(['Li3PO4', 'Li3PS4', 'Li2O', 'Li2S']);
    expect(await formulas('--file', 'f.txt.gz')).toEqual(['Li3PS4', 'Li2O', 'Li2S']);
  });
});

it('score says which compositions are outside the domain of the teacher', async () => {
  const { code, stdout, stderr } = await score('--student', 'mine.onnx', '--json', 'Li3P', 'Li2O', 'Li2');
  expect([code, (JSON.parse(stdout) as Score[]).length]).toEqual([0, 3]);
  expect(stderr).toMatch(/^outside the teacher's domain, .* none of N O F S Cl Se Br Te I: Li3P, Li2\n$/);
});

describe('score refuses, with exit code 2 and nothing on stdout,', () => {
  it('a formula without the mobile ion', async () => {
    expect(await refusal('Li2O', 'Na2O')).toContain(
      'Na2O: the composition has no Li. This student scores compounds of Li.',
    );
  });

  it('an element that the student does not know', async () => {
    expect(await refusal('Li2O', 'LiCl', '--student', 'mine.onnx')).toMatch(
      /LiCl: the student has not seen Cl in training\. .*distill/,
    );
  });

  it.each([
    ['LiXx2', 'formula "LiXx2" names Xx, which is no known element'],
    ['Li2O)', 'has ) without its opening bracket'],
    ['Li+', 'cannot be read at "+"'],
    ['Li1-xCoO2', 'cannot be read at "-xCoO2"'],
    ['', 'formula "" is empty'],
    [`Li${'9'.repeat(60)}O`, 'expected 0.000001 to 1000000000'],
  ])('formula %j', async (formula, problem) => {
    expect(await refusal('Li2O', formula, '--json')).toContain(problem);
  });

  it('a bad line of a file, named by file and line', async () => {
    writeFileSync(join(directory, 'bad.txt'), 'Li2O\n# fine\n\nLi3PS4\nLi2Q\n');
    expect(await refusal('--file', 'bad.txt', '--json')).toContain('bad.txt:5: formula "Li2Q" names Q');
    writeFileSync(join(directory, 'no-lithium.txt'), 'Li2O\nNa2O\n');
    expect(await refusal('--file', 'no-lithium.txt')).toContain('no-lithium.txt:2:Na2O: the composition has no Li');
  });

  it('no formula at all', async () => {
    expect(await refusal()).toContain('no formula is given. Name formulas, or a file');
    writeFileSync(join(directory, 'empty.txt'), '# nothing\n\n');
    expect(await refusal('--file', 'empty.txt')).toContain('empty.txt: no formula is given');
  });

  it('a file that is not there, or damaged', async () => {
    expect(await refusal('--file', 'none.txt')).toContain(
      'none.txt: cannot be accessed (ENOENT). There is no such file',
    );
    writeFileSync(join(directory, 'cut.gz'), gzipSync('Li2O\n'.repeat(100)).subarray(0, 25));
    expect(await refusal('--file', 'cut.gz')).toContain('the gzip data ends in the middle');
  });

  it('a model that is not there, or none', async () => {
    expect(await refusal('Li2O', '--student', 'none.onnx')).toContain('none.onnx: cannot be accessed (ENOENT)');
    expect(await refusal('Li2O', '--student', '.')).toContain('(EISDIR). This is a directory');
    writeFileSync(join(directory, 'text.onnx'), 'no model');
    expect(await refusal('Li2O', '--student', 'text.onnx')).toContain('text.onnx: the model is refused');
  });

  it('an option that it does not have', async () => {
    const { code, stdout, stderr } = await score('Li2O', '--verbatim');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("unknown option '--verbatim'");
  });
});
