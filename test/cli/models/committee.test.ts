import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../shared/hash.ts';
import { readCommitteeMetadata } from '../../../shared/models/committee-session.ts';
import { runCli } from '../../run-cli.ts';
import { someLabels } from '../../small-labels.ts';

let directory: string;
let labels: string;
beforeAll(async () => {
  labels = await someLabels(({ anion }) => anion === 'Se' || anion === 'Cl'); // enough to cross-validate
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-committee-'));
  writeFileSync(join(directory, 'labels.csv'), labels);
});
afterAll(() => rmSync(directory, { recursive: true }));

const make = (...args: string[]) => runCli(directory, 'committee', '--labels', 'labels.csv', ...args);

describe('ionsieve committee', () => {
  it('writes a model and its card, the same for any number of threads', async () => {
    const { code, stdout, stderr } = await make('--out', 'one.onnx', '--workers', '1');
    expect(code).toBe(0);
    expect(stderr).toMatch(/6 of 6 committees: /);
    expect(stdout).toMatch(
      /held-out systems: AUC 0\.\d+, average precision 0\.\d+, F1 0\.\d+, calibration error 0\.\d+ before/,
    );
    const model = readFileSync(join(directory, 'one.onnx'));
    expect(readCommitteeMetadata(model, 'one.onnx').labelsHash).toBe(sha256(labels));
    expect(JSON.parse(readFileSync(join(directory, 'one.card.json'), 'utf8')).modelHash).toBe(sha256(model));
    expect(readFileSync(join(directory, 'one.card.md'), 'utf8')).toContain('probability_std');
    const two = await make('--out', 'two.onnx', '--workers', '2', '--json', '--quiet');
    expect([two.code, two.stderr]).toEqual([0, '']);
    expect(JSON.parse(two.stdout)).toMatchObject({
      files: ['two.onnx', 'two.card.md', 'two.card.json'],
      modelHash: sha256(model),
    });
    expect(readdirSync(directory).filter((name) => name.includes('unfinished'))).toEqual([]);
    expect(readFileSync(join(directory, 'two.onnx')).equals(model)).toBe(true);
  });

  it('refuses bad labels before it grows anything, and writes nothing', async () => {
    writeFileSync(join(directory, 'bad.csv'), labels.replace('probability', 'p'));
    const before = readdirSync(directory);
    const { code, stderr } = await runCli(directory, 'committee', '--labels', 'bad.csv', '--out', 'bad.onnx');
    expect(code).toBe(2);
    expect(stderr).toContain('bad.csv:1: column probability is missing');
    expect(readdirSync(directory)).toEqual(before);
  });
});
