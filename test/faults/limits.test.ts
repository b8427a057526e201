import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseEvent, RUN_EVENT } from '../../functions/events.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import type { ByteSource } from '../../shared/io/store/byte-source.ts';
import { fileInputs, type Inputs } from '../../shared/io/store/inputs.ts';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import { readLines, readText } from '../../shared/io/tables/lines.ts';
import { readTarGz } from '../../shared/io/tables/tar.ts';
import { decodeLabels } from '../../shared/labels/labels-file.ts';
import { parseMeasurements } from '../../shared/labels/measurements.ts';
import { prepareCompanions } from '../../shared/models/companions.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { GraphBuilder, type Value } from '../../shared/onnx/graph.ts';
import { buildSpace } from '../../shared/space/space.ts';
import { parseSpace } from '../../shared/space/space-file.ts';
import { parsePoscar } from '../../shared/structure/formats/poscar.ts';
import {
  readStructureFile,
  type StructureResult,
  structureFile,
} from '../../shared/structure/formats/read-structures.ts';
import { createStructure } from '../../shared/structure/structure.ts';
import { structureFeatures } from '../../shared/teacher/features.ts';
import { parseTeacher } from '../../shared/teacher/teacher.ts';
import { studentMetadata } from '../random-student.ts';
import { parseCif, parseOptimadeLine } from '../structure/formats/parsers.ts';

const MEGABYTE = 1 << 20;
const SECONDS = 20; // of wall time on a busy machine; each takes some at most

/** Bytes of one value, piece by piece: never in memory as a whole. */
function endless(byte: string, bytes: number, before = ''): Readable {
  const piece = Buffer.alloc(MEGABYTE, byte);
  async function* pieces() {
    yield Buffer.from(before);
    for (let i = 0; i < bytes / MEGABYTE; i++) yield piece;
  }
  return Readable.from(pieces());
}

const source = (name: string, open: () => Readable): ByteSource => ({ name, open });
const gzipped = (byte: string, bytes: number): Readable => endless(byte, bytes).pipe(createGzip({ level: 9 }));

/** Ends in an error that says this, within the time, and with the heap that tests have. */
async function refuses(read: () => unknown, problem: RegExp): Promise<void> {
  const start = performance.now();
  let message = 'accepted';
  try {
    await read();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(problem);
  expect(message.length).toBeLessThan(10_000);
  expect((performance.now() - start) / 1000).toBeLessThan(SECONDS);
}

async function structuresOf(name: string, open: () => Readable): Promise<StructureResult[]> {
  const results: StructureResult[] = [];
  for await (const result of readStructureFile(structureFile(source(name, open), name)!)) {
    if ('error' in result) throw result.error;
    results.push(result);
  }
  return results;
}

async function countLines(from: ByteSource): Promise<number> {
  let count = 0;
  for await (const _ of readLines(from)) count++;
  return count;
}

describe('gzip data that unpacks to very much', () => {
  const bomb = source('bomb.jsonl.gz', () => gzipped('\n', 2048 * MEGABYTE));
  it('is refused while it is unpacked, as lines', () =>
    refuses(() => countLines(bomb), /bytes of gzip data unpack to/));
  it('is refused as a text', () =>
    refuses(() => readText(source('bomb.csv.gz', () => gzipped('x', 2048 * MEGABYTE))), /unpack to/));
  it('is refused as a structure', () =>
    refuses(
      () => structuresOf('bomb.cif.gz', () => gzipped(' \n', 512 * MEGABYTE)),
      /longer than 33554432 characters|unpack to/,
    ));
  it('is refused as labels', () =>
    refuses(() => decodeLabels(gzipSync(Buffer.alloc(300 * MEGABYTE)), 'labels.csv.gz'), /unpacks to more than/));
  it('is refused as an archive', () =>
    refuses(() => readTarGz(gzipSync(Buffer.alloc(300 * MEGABYTE, 1)), 'a.tar.gz'), /unpacks to more than/));
  it('is refused as the labels beside a student', async () => {
    const bytes = gzipSync(Buffer.alloc(300 * MEGABYTE));
    const inputs: Inputs = { ...fileInputs, find: async (name) => (name.endsWith('.gz') ? bytes : undefined) };
    await refuses(
      () => prepareCompanions(inputs, { name: 'student.onnx', labelsHash: '' }, {}),
      /labels\.csv\.gz: the gzip data unpacks to more than/,
    );
  });
});

describe('a text that is very long', () => {
  it('is refused where one line has a gigabyte', () =>
    refuses(
      () => countLines(source('x.jsonl', () => endless('x', 1024 * MEGABYTE))),
      /longer than 268435456 characters/,
    ));
  it('is refused where a CIF has 10,000,000 atoms', () => {
    const head =
      'data_x\n_cell_length_a 9\n_cell_length_b 9\n_cell_length_c 9\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n' +
      'loop_\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n';
    const text = head + 'Li 0 0 0\n'.repeat(10_000_000);
    return refuses(() => parseCif(text, 'x'), /more than 33554432/);
  });
  it('is refused where a CIF has 1,000,000 atoms', () => {
    const head = 'data_x loop_ _atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\n';
    return refuses(
      () => parseCif(head + 'Li 0 0 0\n'.repeat(1_000_000), 'x'),
      /x:\d+: there are more than 2000000 values/,
    );
  });
  it('is refused where 100,000 atoms of a CIF lie in a plane', () => {
    const cell =
      'data_x _cell_length_a 999 _cell_length_b 999 _cell_length_c 999 _cell_angle_alpha 90 _cell_angle_beta 90 _cell_angle_gamma 90\n';
    const loop = 'loop_ _atom_site_type_symbol _atom_site_fract_x _atom_site_fract_y _atom_site_fract_z\n';
    const atoms = Array.from({ length: 100_000 }, (_, i) => `Li 0 0.${i} 0`).join('\n');
    return refuses(() => parseCif(cell + loop + atoms, 'x'), /100000 atoms are in the cell/);
  });
  it('is refused where a POSCAR has 100,000 elements of 10,000 atoms each', () => {
    const [symbols, counts] = ['Li ', '10000 '].map((word) => word.repeat(100_000));
    return refuses(
      () => parsePoscar(`x\n1\n9 0 0\n0 9 0\n0 0 9\n${symbols}\n${counts}\nDirect\n`, 'x'),
      /x:7: 1000000000 atoms/,
    );
  });
  it('is refused where a formula has 1,000,000 characters', async () => {
    for (const text of ['Li'.repeat(500_000), '('.repeat(1_000_000), '1'.repeat(1_000_000), '\ufdfa'.repeat(1_000_000)])
      await refuses(() => parseFormula(text, { file: 'x.csv' }), /has \d+ characters, more than 1000/);
    await refuses(
      () => parseFormula(`${'('.repeat(20)}Li2O${')'.repeat(20)}`, { file: 'x.csv' }),
      /nests brackets deeper/,
    );
  });
  it('is refused where a table has more rows than are read, or 300,000 columns of which one is doubled', async () => {
    await refuses(
      () => parseCsv(`x\n${'1\n'.repeat(20_000_000)}`, 'x.csv', ['x']),
      /has 1500001 rows of 1 columns and more/,
    );
    const columns = Array.from({ length: 300_000 }, (_, i) => `c${i}`);
    await refuses(() => parseCsv(`${columns.join(',')},c7\n`, 'x.csv', ['c1']), /"c7" occurs twice/);
  });
  it('is refused where a cell of a table is a long number that is none', async () => {
    const digits = `${'1'.repeat(1_000_000)}x`;
    await refuses(() => parseCsv(`x\n${digits}\n`, 'x.csv', ['x']).rows[0].number('x'), /is not a number/);
    const learnable = { mobileIon: 3, knows: () => true };
    await refuses(
      () => parseMeasurements(`formula,S/cm\nLi,${digits}\n`, 'x.csv', learnable),
      /is not a positive number/,
    );
    await refuses(
      () => parseMeasurements(`formula,S${'_'.repeat(1_000_000)}\nLi,1\n`, 'x.csv', learnable),
      /no column with a unit/,
    );
  });
});

describe('JSON that nests very deep', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  it('is refused, whatever reads it', async () => {
    for (const text of [deep(100_000), deep(10_000_000), '{"a":'.repeat(100_000), '['.repeat(30_000_000)]) {
      await refuses(() => parseOptimadeLine(text, { file: 'x.jsonl', line: 1 }), /nest deeper than 64/);
      await refuses(() => parseTeacher(text, 'teacher.json'), /nest deeper than 64/);
      await refuses(() => parseSpace(text, 'space.json'), /nest deeper than 64/);
    }
  });
  it('is refused in an event that was parsed already', () => {
    let nested: unknown = 'x';
    for (let i = 0; i < 100_000; i++) nested = [nested];
    return refuses(() => parseEvent(RUN_EVENT, { runId: nested }, 'reduce'), /what nests so deep is not a text/);
  });
  it('is refused where it is very long', () =>
    refuses(
      () => parseOptimadeLine(`[${'[],'.repeat(25_000_000)}0]`, { file: 'x.json' }),
      /75000003 characters, more than/,
    ));
});

describe('a cell with very many neighbours', () => {
  const features = (lattice: readonly number[]): unknown =>
    structureFeatures(
      createStructure({ id: 'x', lattice, atomicNumbers: [3, 9], fractional: [0, 0, 0, 0.5, 0.5, 0.5] }),
      3,
      ['llb', 'sbi', 'afc', 'lasd', 'llsd'],
    );
  it.each([
    ['tiny', [0.11, 0, 0, 0, 0.11, 0, 0, 0, 0.11], /between any two atoms/],
    ['flat', [1000, 0, 0, 0, 1000, 0, 0, 0, 1e-8], /between any two atoms/],
    ['skewed', [1, 0, 0, 6000, 1, 0, 6000, 6000, 1], /same position|more than a million|so skewed/],
    ['endless', [1e300, 0, 0, 0, 1e300, 0, 0, 0, 1e300], /more than 10000/],
    ['a needle', [1e4, 0, 0, 0, 0.2, 0, 0, 0, 0.2], /between any two atoms/],
  ])('is refused: %s', (_, lattice, problem) => refuses(() => features(lattice), problem));
});

describe('a model that asks for very much memory', () => {
  /** A student of schema 1 whose logits are pooled from what is built. */
  function student(build: (graph: GraphBuilder, elements: Value, amounts: Value) => Value): Uint8Array {
    const graph = new GraphBuilder();
    const elements = graph.cast(graph.input('elements', 'int64', ['S', 'k']), 'float');
    const amounts = graph.input('amounts', 'float', ['V', 'k']);
    const pooled = graph.node('ReduceSum', [build(graph, elements, amounts)], { keepdims: 0 });
    const pairs = graph.node('MatMul', [elements, graph.node('Transpose', [amounts])]);
    graph.output('logit', graph.node('Mul', [pairs, pooled]), ['S', 'V']);
    return graph.encode('student', studentMetadata(['Li', 'O']));
  }
  const shape = (graph: GraphBuilder, ...dims: number[]): Value => graph.integers([dims.length], dims);
  const refusesModel = (bytes: Uint8Array, problem: RegExp): Promise<void> =>
    refuses(async () => (await openStudent(bytes, 'student.onnx')).release(), problem);

  it('is refused where it makes constants of any size', async () => {
    for (const type of ['ConstantOfShape', 'Expand', 'Tile'])
      await refusesModel(
        student((graph, elements) =>
          graph.node(type, [...(type === 'ConstantOfShape' ? [] : [elements]), shape(graph, 1e6, 1e6)]),
        ),
        /computes some \d\.\de\+\d+ numbers, more than 134217728/,
      );
    await refusesModel(
      student((graph, elements) => graph.node('Pad', [elements, shape(graph, 0, 0, 1e9, 1e9)])),
      /its operator Pad gives/,
    );
    await refusesModel(
      student((graph, elements) => graph.node('Expand', [elements, graph.node('ReduceMax', [elements])])),
      /the size of what its operator Expand gives is not known/,
    );
  });
  it('is refused where values grow from node to node', async () => {
    const twice = (graph: GraphBuilder, value: Value): Value => graph.node('Concat', [value, value], { axis: 0 });
    const outer = (graph: GraphBuilder, value: Value): Value => {
      const column = graph.node('Reshape', [value, shape(graph, -1, 1)]);
      return graph.node('Add', [column, graph.node('Reshape', [value, shape(graph, 1, -1)])]);
    };
    const product = (graph: GraphBuilder, value: Value): Value => {
      const column = graph.node('Reshape', [value, shape(graph, -1, 1)]);
      return graph.node('MatMul', [column, graph.node('Transpose', [column])]);
    };
    for (const [grow, times] of [
      [twice, 40],
      [outer, 3],
      [product, 3],
    ] as const)
      await refusesModel(
        student((graph, elements) =>
          Array.from({ length: times }).reduce<Value>((value) => grow(graph, value), elements),
        ),
        /more than 134217728/,
      );
  });
  it('is refused where a layer is as wide as a long constant', () =>
    refusesModel(
      student((graph, elements) => {
        const [column, row] = [
          [1e6, 1],
          [1, 1e6],
        ].map((dims) => graph.constant(dims, new Float32Array(1e6)));
        return graph.node('MatMul', [elements, graph.node('MatMul', [column, row])]);
      }),
      /more than 134217728/,
    ));
  it('is refused where a constant claims more numbers than it has', () =>
    refusesModel(
      student((graph) => graph.constant([1e6, 1e6], [1])),
      /its constant c\d claims more numbers than it has/,
    ));
});

describe('a space that is very large', () => {
  const all =
    'H B C N O F Na Mg Al Si P S Cl K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Rb Sr Y Zr Nb Mo Ru Rh Pd Ag Cd In Sn Sb Te I Cs Ba La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi'.split(
      ' ',
    );
  const space = (change: object): string =>
    JSON.stringify({
      name: 'x',
      mobileIon: 'Li',
      elements: all,
      anions: ['O', 'S', 'F'],
      arity: [2, 8],
      maxCoefficient: 8,
      openShells: true,
      ...change,
    });
  it('is refused before it is enumerated', async () => {
    await refuses(() => buildSpace(parseSpace(space({}), 'x.json'), 'x.json'), /make up to .* systems/);
    await refuses(() => parseSpace(space({ arity: [2, 1e9] }), 'x.json'), /outside 2 to 8/);
    await refuses(() => parseSpace(space({ maxCoefficient: 1e9 }), 'x.json'), /not an integer from 1 to 64/);
    await refuses(() => parseSpace(space({ maxCoefficient: 64 }), 'x.json'), /more than 2\^28/);
    await refuses(() => parseSpace(space({ elements: Array(1e6).fill('O') }), 'x.json'), /listed twice/);
    await refuses(() => parseSpace(space({ elements: ['x'.repeat(1e7)] }), 'x.json'), /is no known element/);
  });
});
