import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeError } from '../../../cli/terminal/output.ts';
import { formatRate, Progress, progressLine } from '../../../cli/terminal/progress.ts';
import { hasColours, StatusLine, setVerbosity } from '../../../cli/terminal/terminal.ts';
import { InputError } from '../../../shared/errors.ts';

/** Keeps what is written to it. */
function recorder(isTTY: boolean): { isTTY: boolean; columns: number; text: string; write(text: string): void } {
  return {
    isTTY,
    columns: 60,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

afterEach(() => {
  setVerbosity('normal');
  vi.useRealTimers();
});

describe('colours', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true], // as https://no-color.org has it
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on a terminal: %s, with %j: %s', (isTerminal, environment, expected) => {
    expect(hasColours(isTerminal, environment)).toBe(expected);
  });
});

describe('a line on progress', () => {
  const work = { unit: 'compositions', did: 'screened' };

  it('tells share, rate and time left, with what was done before not counted to the rate', () => {
    const line = progressLine(work, { done: 100, before: 50, total: 200 }, 10, true);
    expect(line).toBe(`[${'#'.repeat(23)}${'.'.repeat(7)}]  75.0 % of 200 compositions, 10/s, 5 s left`);
  });

  it('tells time left from a share of bytes where nobody knows the total', () => {
    expect(progressLine(work, { done: 30, share: 0.25 }, 10, false)).toBe(' 25.0 %, 30 compositions, 3/s, 30 s left');
  });

  it('tells the time where nothing is done yet, and the count where nothing else is known', () => {
    expect(progressLine(work, { done: 0, total: 6 }, 42, false)).toBe('  0.0 % of 6 compositions, 42 s');
    expect(progressLine(work, { done: 7 }, 7, false)).toBe('7 compositions, 1/s');
  });

  it('is written anew in its place on a terminal, and every ten seconds elsewhere', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const [terminal, file] = [recorder(true), recorder(false)];
    const all = [terminal, file].map((stream) => new Progress(stream, work, () => ({ done: 5, total: 10 })));
    vi.advanceTimersByTime(21_000);
    for (const progress of all) progress.stop();
    expect(terminal.text.split('\r').length).toBeGreaterThan(60);
    expect(terminal.text).not.toContain('\n');
    expect(file.text.trim().split('\n')).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(file.text.trim().split('\n')).toHaveLength(2);
  });

  it('is cut to the width of the terminal', () => {
    const terminal = recorder(true);
    new StatusLine(terminal).show('x'.repeat(100));
    expect(terminal.text).toBe(`\r${'x'.repeat(59)}\u001b[K`);
  });

  it('is not written when asked to be quiet', () => {
    setVerbosity('quiet');
    const terminal = recorder(true);
    const line = new StatusLine(terminal);
    line.show('far');
    line.note('note');
    line.clear();
    expect(terminal.text).toBe('');
  });
});

it.each([
  [0.05, '3/min'],
  [1, '1/s'],
  [12_345, '12,345/s'],
  [7_000_000, '7.00 million/s'],
])('%f a second is %s', (rate, text) => expect(formatRate(rate)).toBe(text));

describe('an error', () => {
  it('that nobody foresaw tells where it arose only with --verbose', () => {
    const error = new TypeError('x is not a function');
    expect(describeError(error)).toMatch(/^unexpected error: TypeError: x is not a function\n.*--verbose/);
    setVerbosity('verbose');
    expect(describeError(error)).toContain('    at ');
  });

  it('of the input never does', () => {
    setVerbosity('verbose');
    expect(describeError(new InputError('it is bad', { file: 'f', line: 3 }, 'Mend it.'))).toBe(
      'error: f:3: it is bad. Mend it.',
    );
  });
});
