import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { UNITS } from '../../shared/labels/conductivity-header.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A regular expression where a value may stand. */
const LITERAL =
  /(?<=(?:[(,=:[!&|?{};]|=>|\breturn)\s*)\/(?![/*])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*(?=\s*[.,;)\]:}]|$)/gm;

/** These see only text of our own, which is short. */
const OWN_TEXT: Readonly<Record<string, string>> = {
  'shared/criteria/prices.ts': 'the table of prices beside it',
  'shared/report/page/document.ts': 'styles of the page',
  'shared/report/page/words.ts': 'digits of a number',
  'cli/cloud/aws-profile.ts': "the user's own AWS configuration",
  'shared/stage/stage-settings.ts': "the user's own configuration",
};

const PUMPS = 15_000; // times that a part is repeated; what is quadratic then takes 1e8 steps
const SLOW = 25; // ms; linear ones take some ten microseconds
const CHARACTERS = [...' \t\n0a1AS_.-/<"\'(,+eé'];

interface Found {
  readonly file: string;
  readonly text: string;
}

function literals(): Found[] {
  return ['shared', 'functions', 'lambda', 'local', 'cli', 'cdk', 'data', 'study'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('page-script.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(ROOT, folder, name), 'utf8')
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .replace(/^\s*\/\/.*$/gm, '');
        return [...text.matchAll(LITERAL)].map(([literal]) => ({ file: `${folder}/${name}`, text: literal }));
      }),
  );
}

function compile(text: string): RegExp {
  const end = text.lastIndexOf('/');
  return new RegExp(text.slice(1, end), text.slice(end + 1));
}

/** Parts from which hostile texts for an expression are made: common characters, its own ones and its words. */
function partsOf(text: string): string[] {
  const words = text.match(/[\w<>="]{2,}/g) ?? [];
  return [...new Set([...CHARACTERS, ...text, ...words])];
}

function milliseconds(expression: RegExp, text: string): number {
  const start = performance.now();
  expression.lastIndex = 0;
  text.replace(expression, '');
  return performance.now() - start;
}

/** A text that takes the expression much longer than its length, or undefined if none was found. */
function hostileText(text: string): string | undefined {
  const expression = compile(text);
  const parts = partsOf(text);
  for (const pump of parts) {
    const body = pump.repeat(PUMPS);
    for (const prefix of ['', ...parts])
      for (const suffix of ['', '\u0001', ' x']) {
        const hostile = prefix + body + suffix;
        if (milliseconds(expression, hostile) < SLOW) continue;
        const again = Math.min(...[1, 2, 3].map(() => milliseconds(expression, hostile))); // the machine may be busy
        if (again >= SLOW) return JSON.stringify([prefix, pump, suffix]);
      }
  }
  return undefined;
}

it('finds what backtracks', () => {
  expect(hostileText(String.raw`/^(\d+\.?\d*|\.\d+)$/`)).toBeDefined();
  expect(hostileText(String.raw`/S[\s_.]*(?:\/|per[\s_]*)?[\s_]*(c?m)$/`)).toBeDefined();
  expect(hostileText('/^(a+)b?(a+)$/')).toBeDefined();
  expect(hostileText(String.raw`/^(\d+(\.\d*)?|\.\d+)$/`)).toBeUndefined();
});

it('no regular expression takes more than linear time, whatever it is given', () => {
  const made = UNITS.map((unit) => ({ file: 'shared/labels/conductivity-header.ts', text: String(unit) }));
  const found = [...literals(), ...made];
  expect(found.length).toBeGreaterThan(120);
  const slow = found.flatMap(({ file, text }) => {
    const hostile = file in OWN_TEXT ? undefined : hostileText(text);
    return hostile === undefined ? [] : [`${file}: ${text} at ${hostile}`];
  });
  expect(slow).toEqual([]);
});

it('no other expression is made from text', () => {
  const made = ['shared', 'functions', 'lambda', 'local', 'cli', 'study'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('page-script.ts'))
      .filter((name) => readFileSync(join(ROOT, folder, name), 'utf8').includes('new RegExp('))
      .map((name) => `${folder}/${name}`),
  );
  // The units are made of constants, and tried above; the other is of a constant, and anchored.
  expect(made.sort()).toEqual(['shared/labels/conductivity-header.ts', 'shared/retraining/shards.ts']);
});
