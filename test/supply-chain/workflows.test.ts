import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readJson } from './lock.ts';
import { parseYaml } from './yaml.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string; // a workflow of this repository in place of steps
  readonly steps?: readonly Step[];
  readonly needs?: readonly string[] | string;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const CI = '.github/workflows/ci.yml';
const RELEASE = '.github/workflows/release.yml';
const FILES = [CI, RELEASE, 'docs/how-to/github-actions-deploy.yml'];

const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const parse = (yaml: string): Workflow => parseYaml<Workflow>(yaml);
const jobsOf = (file: string): [name: string, job: Job][] => Object.entries(parse(text(file)).jobs);
const stepsOf = (file: string): Step[] => jobsOf(file).flatMap(([, { steps = [] }]) => steps);

describe.each(FILES)('%s', (file) => {
  it('uses actions by the hash of a commit, with the version that it is', () => {
    const lines = text(file).match(/^.*\buses: .*$/gm) ?? [];
    const others = lines.filter((line) => !/uses: (\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$)/.test(line));
    expect(others).toEqual([]);
  });

  it('may do nothing by default; every job asks for what it needs, and has a limit of time', () => {
    expect(parse(text(file)).permissions).toEqual({});
    const careless = jobsOf(file).filter(
      ([, job]) => job.permissions === undefined || (job.uses ?? job['timeout-minutes']) === undefined,
    );
    expect(careless.map(([name]) => name)).toEqual([]);
  });

  it('puts nothing that others wrote into a script', () => {
    expect(stepsOf(file).filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('leaves no token in the checkout', () => {
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });
});

describe('workflows', () => {
  it('use one version of an action', () => {
    const used = [...new Set(FILES.flatMap(stepsOf).flatMap(({ uses }) => (uses === undefined ? [] : [uses])))];
    expect(new Set(used.map((each) => each.split('@')[0])).size).toBe(used.length);
  });

  it('run scripts that there are', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    const run = FILES.flatMap(stepsOf).flatMap(({ run = '' }) => /^npm run (?:-s )?([\w:-]+)/.exec(run)?.[1] ?? []);
    expect(run.filter((script) => !(script in scripts))).toEqual([]);
  });

  it('write nowhere but to what they are for', () => {
    const writing = FILES.flatMap((file) =>
      jobsOf(file).flatMap(([name, { permissions = {} }]) =>
        Object.entries(permissions).flatMap(([scope, access]) => (access === 'write' ? [`${name}: ${scope}`] : [])),
      ),
    );
    expect(writing).toEqual(['publish: id-token', 'announce: contents', 'deploy: id-token']);
  });
});

describe('ci', () => {
  it('runs what .ci/run runs', () => {
    const lines = text('.ci/run')
      .match(/^(step '.*'| {2}npm) .*$/gm)!
      .join('\n');
    const scripts = [...lines.matchAll(/(?:npm run (?:-s )?|run_tests )([a-z][\w:-]*)/g)].map(([, script]) => script);
    expect(scripts).toEqual(expect.arrayContaining(['lint', 'types', 'test', 'test:aws']));
    const commands = stepsOf(CI).flatMap(({ run }) => (run === undefined ? [] : [run.replace(' -s ', ' ')]));
    const needed = scripts.map((script) => (script === 'test' ? 'npm test' : `npm run ${script}`));
    expect(commands).toEqual(
      expect.arrayContaining(['npm ci', 'npm start', 'npm audit --audit-level=high', ...needed]),
    );
  });

  it.each([
    ['passes below the level high', 0, { metadata: { vulnerabilities: { moderate: 1, high: 0 } } }, '1 0\n'],
    ['fails from the level high on', 1, { metadata: { vulnerabilities: { moderate: 0, high: 1 } } }, '0 1\n'],
    ['is not checked without a registry that answers', 1, { message: '405', error: {} }, '0 0 known vulnerabilities'],
  ])('has an audit that %s', (_, code, report, counts) => {
    const scratch = mkdtempSync(join(tmpdir(), 'ionsieve-audit-'));
    const [audit] = text('.ci/run').match(/^audit\(\) \{$.*?^\}$/ms)!;
    const script = `set -u; passed=0 failed=0 unknown= scratch=${scratch} failures=${scratch}/failures.txt
      npm() { echo '${JSON.stringify(report)}'; return ${code}; }
      ${audit}
      audit >&2; echo $passed $failed $unknown`;
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    rmSync(scratch, { recursive: true });
    expect(stdout.slice(0, counts.length)).toBe(counts);
  });

  it('runs on every version of Node.js that the project is for', () => {
    expect(parse(text(CI)).jobs.node.strategy?.matrix.node).toEqual([20, 22, 24]);
  });

  it('has one job that passes only if all others do', () => {
    const [last, ...others] = jobsOf(CI).reverse();
    expect(last[1].needs).toEqual(others.map(([name]) => name).reverse());
    expect(last[1].steps?.[0].run).toBe(`test "$RESULTS" = '${others.map(() => 'success').join(' ')}'`);
  });
});

describe('a release', () => {
  it('is published with its provenance, from the archive that was packed after everything passed', () => {
    const { ci, pack, publish, announce } = parse(text(RELEASE)).jobs;
    expect([ci.uses, pack.needs, publish.needs, announce.needs]).toEqual([`./${CI}`, 'ci', 'pack', 'publish']);
    expect(publish.permissions).toEqual({ 'id-token': 'write' });
    const commands = publish.steps?.flatMap(({ run }) => (run === undefined ? [] : [run]));
    expect(commands).toEqual([
      'sha256sum --check SHA256SUMS',
      'npm publish --provenance --access public --ignore-scripts ./ionsieve-*.tgz',
    ]);
  });

  it('carries a software bill of materials', () => {
    const commands = parse(text(RELEASE)).jobs.pack.steps?.map(({ run }) => run);
    expect(commands).toContain('npm run -s sbom > release/ionsieve.cdx.json');
  });
});
