import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileSource } from '../../../shared/io/store/byte-source.ts';
import { readStructures, structureFile } from '../../../shared/structure/formats/read-structures.ts';
import { LITHIUM_FLUORIDE } from '../../lithium-fluoride.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'structures-'));
});
afterAll(() => rm(root, { recursive: true }));

const CIF = `data_LiF
_cell_length_a 3
_cell_length_b 3
_cell_length_c 3
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Li1 0 0 0
F1 0.5 0.5 0.5
`;
const POSCAR = 'LiF\n1\n3 0 0\n0 3 0\n0 0 3\nLi F\n1 1\nDirect\n0 0 0\n.5 .5 .5\n';

function resource(id: string, symbol = 'F') {
  return {
    id,
    type: 'structures',
    attributes: { ...LITHIUM_FLUORIDE, species_at_sites: ['Li', symbol] },
  };
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(root, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** Ids of the structures; of a failure its id and message. */
async function read(...paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const result of readStructures(paths))
    found.push('error' in result ? `${result.id}: ${result.error.message}` : result.structure.id);
  return found;
}

const jsonLines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('readStructures', () => {
  it('reads every format below a directory in the order of the names, and passes other files over', async () => {
    await write('all/b.cif', CIF);
    await write('all/a.vasp', POSCAR);
    await write('all/relaxed/CONTCAR', POSCAR);
    await write('all/d.cif.gz', gzipSync(CIF));
    await write('all/c.jsonl', jsonLines(resource('x-1'), resource('x-2')));
    await write('all/notes.txt', 'no structure');
    const expected = ['a', 'b', 'x-1', 'x-2', 'd', 'relaxed/CONTCAR'];
    expect(await read(join(root, 'all'))).toEqual(expected);
    expect(await read(join(root, 'all', 'relaxed', 'CONTCAR'), join(root, 'all', 'b.cif'))).toEqual([
      'relaxed/CONTCAR',
      'b',
    ]);
  });

  it.each([
    'POSCAR',
    'CONTCAR.relaxed',
    'mp-1_POSCAR',
    'Li2O.POSCAR.txt',
    'Li2O-contcar',
    'a.poscar.2',
    'x_POSCAR_1.gz',
  ])('takes %s for a POSCAR', (name) => {
    expect(structureFile(fileSource(`/folder/${name}`), name)).toMatchObject({
      format: 'poscar',
      id: `folder/${name}`,
    });
  });

  it.each(['make_POSCAR.py', 'xPOSCAR', 'POTCAR', 'notes.txt', 'my_poscars', 'POTCAR.txt'])(
    'passes %s over',
    (name) => {
      expect(structureFile(fileSource(`/folder/${name}`), name)).toBeUndefined();
    },
  );

  it('tells which files of a folder it passes over', async () => {
    const told: unknown[] = [];
    const onPassedOver = (...all: unknown[]): void => void told.push(all);
    for await (const _ of readStructures([join(root, 'all')], { onPassedOver })) break;
    expect(told).toEqual([[join(root, 'all'), ['notes.txt']]]);
  });

  it.each([0, 2])('reads JSON with a byte order mark, indented by %i', async (indent) => {
    const document = `\ufeff${JSON.stringify([resource('b-1')], null, indent)}`;
    expect(await read(await write('bom.json', document))).toEqual(['b-1']);
    expect(await read(await write('bom.jsonl', `\ufeff${jsonLines(resource('b-2'))}`))).toEqual(['b-2']);
  });

  it('reads the same structure from every format', async () => {
    const results = [];
    for await (const result of readStructures([join(root, 'all')])) results.push(result);
    const cells = results.map((result) => 'structure' in result && { ...result.structure, id: '' });
    for (const cell of cells) expect(cell).toEqual(cells[0]);
  });

  it('passes over the header of OPTIMADE JSON Lines and reads gzip', async () => {
    const header = { 'x-optimade': { meta: { api_version: '1.1.0' } } };
    expect(await read(await write('h.jsonl', jsonLines(header, resource('h-1'))))).toEqual(['h-1']);
    expect(await read(await write('h.jsonl.gz', gzipSync(jsonLines(header, resource('h-2')))))).toEqual(['h-2']);
  });

  it.each([0, 2])('reads a response document indented by %i', async (indent) => {
    const document = { data: [resource('r-1'), resource('r-2')], meta: {} };
    expect(await read(await write('r.json', JSON.stringify(document, null, indent)))).toEqual(['r-1', 'r-2']);
  });

  it('yields one bad structure among many with its reason and goes on', async () => {
    const lines = jsonLines(resource('m-1'), resource('m-2', 'Xx'), resource('m-3')).replace('\n', '\n{"id": \n');
    const path = await write('many.jsonl', lines);
    const [first, damaged, unknown, last] = await read(path);
    expect([first, last]).toEqual(['m-1', 'm-3']);
    expect(damaged).toMatch(`${path}:2: ${path}:2: is no valid JSON`);
    expect(unknown).toMatch(`m-2: ${path}:3:species_at_sites: structure m-2: "Xx" is no known element`);
  });

  it('takes JSON Lines that are named so for lines, also where the first is broken', async () => {
    const path = await write('first.jsonl', `{"id":\n${jsonLines(resource('f-1'), resource('f-2'))}`);
    expect((await read(path)).map((found) => found.slice(0, 3))).toEqual([path.slice(0, 3), 'f-1', 'f-2']);
  });

  it('yields a damaged file among several with its reason', async () => {
    await write('some/a.cif', CIF.slice(0, -8));
    await write('some/b.cif', CIF);
    const [damaged, whole] = await read(join(root, 'some'));
    expect(damaged).toMatch(/^a: .*a\.cif:8: the loop has 4 tags and 6 values/);
    expect(whole).toBe('b');
  });

  it('throws the reason where the only structure is bad', async () => {
    await expect(read(await write('one.cif', CIF.replace('F1', 'Xx')))).rejects.toThrow(/one\.cif:14:.*"Xx"/);
    await expect(read(await write('empty.jsonl', ''))).rejects.toThrow(/empty\.jsonl: holds no structures/);
    await expect(read(await write('cut.json', '{\n "data": [\n'))).rejects.toThrow(/cut\.json:2: is no valid JSON/);
  });

  it('throws where lines are cut off, naming the line reached', async () => {
    const lines = jsonLines(...Array.from({ length: 2000 }, (_, i) => resource(`n-${i}`)));
    const plain = await write('cut.jsonl', lines.slice(0, -50));
    await expect(read(plain)).rejects.toThrow(/cut\.jsonl:2000: is no valid JSON/);
    const packed = gzipSync(lines);
    const truncated = await write('cut.jsonl.gz', packed.subarray(0, packed.length / 2));
    await expect(read(truncated, plain)).rejects.toThrow(/cut\.jsonl\.gz:\d+: the gzip data ends in the middle/);
    await expect(read(await write('no.jsonl.gz', lines))).rejects.toThrow(/no\.jsonl\.gz:1: the gzip data is damaged/);
  });

  it('throws for a path that is absent, of no known format or without structures', async () => {
    await expect(read(join(root, 'absent.cif'))).rejects.toThrow(/absent\.cif: cannot be accessed \(ENOENT\)/);
    await expect(read(await write('a.xyz', ''))).rejects.toThrow(/a\.xyz: the name tells no structure format/);
    await write('none/readme.txt', '');
    await expect(read(join(root, 'none'))).rejects.toThrow(/none: holds no structure files/);
  });
});
