import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { labelCommand } from '../../../cli/models/model-commands.ts';
import { teacherCommand } from '../../../cli/models/teacher.ts';
import { readLabels } from '../../../shared/labels/labels-file.ts';
import { parseTeacher } from '../../../shared/teacher/teacher.ts';
import { sharedData } from '../../shared-data.ts';

const MEASURED = sharedData('obelix-train/train_randomized_cifs');
const COMPUTED = sharedData('mp-li.optimade.jsonl.gz');
const SMALL_SET = sharedData('small-set.csv');

let directory: string;
let messages: string;
const path = (name: string): string => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
  messages = '';
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      messages += text;
      return true;
    });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** One line of OPTIMADE JSON Lines: caesium chloride type, a in Å. */
function pair(id: string, cation: string, anion: string, a: number): string {
  const lattice_vectors = [
    [a, 0, 0],
    [0, a, 0],
    [0, 0, a],
  ];
  const cartesian_site_positions = [
    [0, 0, 0],
    [a / 2, a / 2, a / 2],
  ];
  return `${JSON.stringify({ id, attributes: { lattice_vectors, cartesian_site_positions, species_at_sites: [cation, anion] } })}\n`;
}

const label = (...options: string[]): Promise<unknown> => labelCommand().parseAsync(options, { from: 'user' });
const runFit = (...options: string[]): Promise<unknown> =>
  teacherCommand().parseAsync(['fit', ...options], { from: 'user' });

describe('label', () => {
  it('writes labels, and skipped structures with their reasons', async () => {
    const good = pair('a', 'Li', 'Br', 3.3);
    writeFileSync(path('in.jsonl'), `${good}${pair('b', 'Na', 'Cl', 3.3)}${pair('c', 'Li', 'Xx', 3.3)}{"id": "d"\n`);
    await label(path('in.jsonl'), '--out', path('labels.csv'));
    const rows = readFileSync(path('labels.csv'), 'utf8').split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toBe('id,formula,anion,llb,sbi,afc,lasd,llsd,probability');
    expect(rows[1]).toMatch(/^a,LiBr,Br,6,1\.13143,6,2\.85788,3\.3,0\.\d{6}$/); // 8 Li at 1.98 and 6 Br around Br
    const skipped = readFileSync(path('labels.skipped.csv'), 'utf8').split('\n');
    expect(skipped).toHaveLength(5);
    expect(skipped[1]).toBe('b,no Li');
    expect(skipped[2]).toMatch(/^c,.*in\.jsonl:3:.*Xx/);
    expect(skipped[3]).toMatch(/in\.jsonl:4/);
    expect(messages).toContain('1 structures labelled by sendek-2017');
    expect(messages).toContain('2 skipped: not a usable structure\n1 skipped: no Li');
  });

  it('compresses labels whose name ends in .gz', async () => {
    writeFileSync(path('in.jsonl'), pair('a', 'Li', 'Br', 3.3));
    await label(path('in.jsonl'), '--out', path('labels.csv.gz'));
    expect((await readLabels(path('labels.csv.gz'))).map(({ id }) => id)).toEqual(['a']);
    expect(readdirSync(directory)).toContain('labels.skipped.csv');
  });

  it('writes nothing where no structure can be labelled', async () => {
    writeFileSync(path('in.jsonl'), pair('b', 'Na', 'Cl', 3.3));
    await expect(label(path('in.jsonl'), '--out', path('labels.csv'))).rejects.toThrow(
      'in.jsonl: no structure could be labelled (1 skipped: no Li)',
    );
    expect(readdirSync(directory)).toEqual(['in.jsonl']);
  });

  it('writes nothing with a bad teacher', async () => {
    writeFileSync(path('in.jsonl'), pair('a', 'Li', 'Br', 3.3));
    writeFileSync(path('teacher.json'), '{}');
    await expect(
      label(path('in.jsonl'), '--out', path('labels.csv'), '--teacher', path('teacher.json')),
    ).rejects.toThrow('teacher.json:name: name is missing: it should be a text');
    expect(readdirSync(directory)).not.toContain('labels.csv');
  });
});

describe('teacher fit', () => {
  /** Conductors have the larger cells. */
  function writeInputs(): void {
    const sizes = [3, 3.1, 3.2, 3.4, 3.5, 3.6];
    writeFileSync(path('in.jsonl'), sizes.map((a, i) => pair(`s${i}`, 'Li', 'Br', a)).join(''));
    const rows = sizes.map((a, i) => `s${i},${a > 3.3 ? 1e-3 : '<1e-8'}\n`);
    writeFileSync(path('c.csv'), `id,conductivity_S_per_cm\n${rows.join('')}gone,1e-3\n`);
  }

  it('writes a teacher that label takes, and says which compounds had no structure', async () => {
    writeInputs();
    await runFit('--structures', path('in.jsonl'), '--conductivities', path('c.csv'), '--out', path('mine.json'));
    expect(messages).toContain('6 compounds (6 structures), 3 with at least 0.0001 S/cm\n1 compounds skipped');
    const { name, training } = parseTeacher(readFileSync(path('mine.json'), 'utf8'), 'mine.json');
    expect([name, training?.leaveOneOut.auc]).toEqual(['mine', 1]);
    await label(path('in.jsonl'), '--out', path('labels.csv'), '--teacher', path('mine.json'));
    const labels = await readLabels(path('labels.csv'));
    expect(labels.map(({ probability }) => probability >= 0.5)).toEqual([false, false, false, true, true, true]);
  });

  it('writes nothing where no id is that of a structure', async () => {
    writeInputs();
    writeFileSync(path('c.csv'), 'id,conductivity_S_per_cm\nx,1e-3\n');
    await expect(
      runFit('--structures', path('in.jsonl'), '--conductivities', path('c.csv'), '--out', path('mine.json')),
    ).rejects.toThrow('c.csv: no compound has a structure');
    expect(readdirSync(directory)).not.toContain('mine.json');
  });

  it.skipIf(!(MEASURED && COMPUTED && SMALL_SET))(
    'reaches AUC .84 leave-one-out on 33 measured compounds',
    async () => {
      const structures = ['--structures', MEASURED as string, '--fallback-structures', COMPUTED as string];
      await runFit(...structures, '--conductivities', SMALL_SET as string, '--out', path('small.json'));
      const { training } = parseTeacher(readFileSync(path('small.json'), 'utf8'), 'small.json');
      expect([training?.compounds, training?.conductors]).toEqual([33, 10]);
      expect(training?.leaveOneOut.auc).toBeGreaterThan(0.83);
      expect(messages).toContain('s3h: no Li');
    },
  );
});
