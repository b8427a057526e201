import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentedExamples } from './examples.ts';
import { compile, installPacked, npm, type Project, ROOT, readInstalled, run } from './installed.ts';

const EXAMPLES = documentedExamples(ROOT);
const CIF = `data_LiF
_cell_length_a 4.026
_cell_length_b 4.026
_cell_length_c 4.026
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_space_group_symop_operation_xyz
'x, y, z'
'x, y+1/2, z+1/2'
'x+1/2, y, z+1/2'
'x+1/2, y+1/2, z'
loop_
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Li 0 0 0
F 0.5 0.5 0.5
`;

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly bin: Record<string, string>;
  readonly exports: { readonly '.': Record<string, string> };
  readonly dependencies: Record<string, string>;
};

let project: Project;

beforeAll(async () => {
  project = await installPacked();
  mkdirSync(join(project.directory, 'cifs'));
  writeFileSync(join(project.directory, 'cifs/LiF.cif'), CIF);
});
afterAll(() => rmSync(project.directory, { recursive: true }));

/** Modules that a file of the installed package imports, types and threads included. */
function specifiers(file: string): string[] {
  const text = readInstalled(project, file);
  const found = text.matchAll(
    /^(?:(?:import|export)\b[^;'"]*|\} )from ['"]([^'"\n]+)['"]|^import ['"]([^'"\n]+)['"]|\bimport\(['"]([^'"\n]+)['"]\)|new URL\('([^'\n$]+)', import/gm,
  );
  return [...found].map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
}

/** Files of the installed package that can be reached from some of them, and other modules that they import. */
function reach(entries: readonly string[]): { files: Set<string>; modules: Set<string> } {
  const files = new Set<string>();
  const modules = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const specifier of specifiers(file)) {
      if (!specifier.startsWith('.')) modules.add(specifier);
      else queue.push(join(dirname(file), file.endsWith('.d.ts') ? specifier.replace(/\.ts$/, '.d.ts') : specifier));
    }
  }
  return { files, modules };
}

const entries = (): string[] =>
  [...Object.values(manifest.bin), ...Object.values(manifest.exports['.'])].map((path) => join(path));

describe('the archive', () => {
  it('holds code, types, models, data, licence and read-me, and nothing of tests, benchmarks or the cloud', () => {
    const paths = project.packed.files.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'models/student.onnx', 'data/README.md']));
    const folders = ['dist/cli', 'dist/functions', 'dist/local', 'dist/shared', 'data', 'models'];
    const others = paths.filter(
      (path) => path.includes('/') && !folders.some((folder) => path.startsWith(`${folder}/`)),
    );
    expect(others).toEqual([]);
    expect(paths.filter((path) => /\.map$|\.tsbuildinfo|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  it('is below 6 MB', () => {
    expect(project.packed.size).toBeLessThan(6e6);
  });

  it('has every file that is imported, and needs no package but its dependencies', () => {
    const { files, modules } = reach(entries());
    expect(files.size).toBeGreaterThan(300);
    const known = [...Object.keys(manifest.dependencies), ...builtinModules.map((name) => `node:${name}`)];
    expect(
      [...modules].filter((module) => !known.some((name) => module === name || module.startsWith(`${name}/`))),
    ).toEqual([]);
  });

  it('needs all of its dependencies', () => {
    const { modules } = reach(entries());
    const unused = Object.keys(manifest.dependencies).filter(
      (name) => ![...modules].some((module) => module.startsWith(name)),
    );
    expect(unused).toEqual([]);
  });
});

describe('an installation', () => {
  it('has versions that everything in it asks for, without overrides, and can be repeated from its lockfile', async () => {
    const listed = await run(project.directory, 'npm', 'ls', '--all', '--omit=dev', '--json');
    const { problems = [] } = JSON.parse(listed) as { problems?: readonly string[] };
    expect(problems.filter((problem) => !problem.startsWith('extraneous: '))).toEqual([]);
    await npm(project.directory, 'ci', '--dry-run');
  });
});

describe('the command line', () => {
  it('scores', async () => {
    const [score] = JSON.parse(await run(project.directory, 'npx', 'ionsieve', 'score', 'Li6PS5Cl', '--json'));
    expect(score).toMatchObject({ formula: 'Li6PS5Cl', probability: expect.any(Number) });
  });

  it('screens into the folder where it is called', async () => {
    const printed = await run(
      project.directory,
      'npx',
      'ionsieve',
      'screen',
      '--space',
      'small',
      '--top',
      '5',
      '--json',
    );
    const { runId, ranked } = JSON.parse(printed);
    expect(ranked).toBe(5);
    expect(existsSync(join(project.directory, 'out/runs', runId, 'report.html'))).toBe(true);
  });

  it('knows commands of the cloud', async () => {
    expect(await run(project.directory, 'npx', 'ionsieve', 'cloud', '--help')).toContain('estimate');
  });
});

describe('the library', () => {
  const file = (i: number): string => `example-${i}.ts`;
  const files = EXAMPLES.map((_, i) => file(i));

  it('has an example for each of its functions', () => {
    const text = readFileSync(join(ROOT, 'local/api/index.ts'), 'utf8');
    const exported = [...text.matchAll(/\b(open\w+|label(?:Text|Files)|screen)\b(?=[, ])/g)].map(([name]) => name);
    const all = EXAMPLES.map(({ code }) => code).join();
    expect(exported).toContain('openSpace');
    expect(exported.filter((name) => !all.includes(`${name}(`))).toEqual([]);
  });

  it.each(['bundler', 'nodenext'] as const)(
    'has types that hold for its examples, resolved as %s',
    async (resolution) => {
      for (const [i, { code }] of EXAMPLES.entries()) writeFileSync(join(project.directory, file(i)), code);
      expect(await compile(project, files, resolution)).toBe('');
    },
  );

  it.each(EXAMPLES.map(({ name }, i) => [name, i] as const))('runs the example %s', async (_, i) => {
    const printed = await run(project.directory, process.execPath, `compiled/example-${i}.js`);
    expect(printed).not.toBe('');
    const shown = [...EXAMPLES[i].code.matchAll(/console\.log\([^\n]*\); \/\/ ([^\n]*)/g)].map(([, line]) => line);
    for (const line of shown) expect(printed.split('\n')).toContain(line);
  });
});
