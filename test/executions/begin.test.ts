import { beforeEach, describe, expect, it } from 'vitest';
import type { Start } from '../../shared/executions/begin.ts';
import {
  attemptName,
  BEGIN_PATIENCE,
  begin,
  type ExecutionState,
  isAttemptAt,
  nextStep,
} from '../../shared/executions/begin.ts';
import { ended, RecordedExecutions } from '../recorded-executions.ts';

const SCREENING: Start = { workflow: 'screening', name: 'screening-abc', input: { space: 's' }, resumes: true };
const BY_HAND = { since: undefined, unattended: false };

let executions: RecordedExecutions;
beforeEach(() => {
  executions = new RecordedExecutions();
});

const wish = (since: Date | undefined, unattended = false) =>
  begin(executions, SCREENING, { since, unattended }, async ({ output }) => output === 'whole');

describe('what was asked for by hand', () => {
  it.each([
    ['was never begun', undefined, 'started', 0],
    ['runs', ended('RUNNING'), 'running', 0],
    ['waits for its redrive', ended('PENDING_REDRIVE'), 'running', 0],
    ['failed and can go on', { ...ended('FAILED'), error: 'States.TaskFailed' }, 'redriven', 0],
    ['failed again after a redrive', { ...ended('FAILED'), redrives: 1 }, 'started', 1],
    ['was stopped', ended('ABORTED'), 'redriven', 0],
    ['was stopped again after a redrive', { ...ended('ABORTED'), redrives: 3 }, 'redriven', 0],
    ['failed too long ago', { ...ended('FAILED'), redrivable: false }, 'started', 1],
    ['was above the limit', { ...ended('FAILED'), error: 'SpendingLimitExceeded' }, 'started', 1],
    ['succeeded, but its outputs are gone', ended('SUCCEEDED'), 'started', 1],
  ] as const)('and %s', (_, found, outcome, attempt) => {
    expect(nextStep([found, undefined], BY_HAND, true)).toEqual({ outcome, attempt });
  });

  it('is begun anew, never redriven, where a new execution is the way to go on', () => {
    expect(nextStep([ended('FAILED'), undefined], BY_HAND, false)).toEqual({ outcome: 'started', attempt: 1 });
  });

  it('is what the newest execution made of it, and running if any is', () => {
    const at = (status: string, seconds: number): ExecutionState => ({ ...ended(status), began: new Date(seconds) });
    const tries = [at('FAILED', 3), at('ABORTED', 2), undefined];
    expect(nextStep(tries, BY_HAND, true)).toEqual({ outcome: 'redriven', attempt: 0 });
    expect(nextStep([at('FAILED', 3), at('RUNNING', 2)], BY_HAND, true)).toEqual({ outcome: 'running', attempt: 1 });
    // The name of an old one is free again after 90 days, while a later one runs.
    expect(nextStep([undefined, at('RUNNING', 2)], BY_HAND, true)).toEqual({ outcome: 'running', attempt: 1 });
    expect(nextStep([undefined, { ...at('FAILED', 2), redrives: 1 }], BY_HAND, true)).toEqual({
      outcome: 'started',
      attempt: 0,
    });
  });

  it('has no name left when all are used', () => {
    const tries = Array(64).fill({ ...ended('FAILED'), redrivable: false });
    expect(nextStep(tries, BY_HAND, true).outcome).toBe('given up');
  });
});

describe('an event', () => {
  it('that comes twice is answered once, also if the answer failed meanwhile', async () => {
    const since = executions.now();
    expect(await wish(since)).toMatchObject({ outcome: 'started', execution: 'screening-abc' });
    expect(await wish(since)).toMatchObject({ outcome: 'running' });
    for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED']) {
      executions.end('screening-abc', status);
      expect(await wish(since), status).toMatchObject({ outcome: 'answered', execution: 'screening-abc' });
    }
    expect([executions.states.size, executions.redriven]).toEqual([1, []]);
  });

  it('that is newer than the failure has the work done, once', async () => {
    await wish(executions.now());
    executions.end('screening-abc', 'FAILED');
    const later = executions.now();
    expect(await wish(later)).toMatchObject({ outcome: 'redriven' });
    executions.end('screening-abc', 'FAILED');
    expect(await wish(later)).toMatchObject({ outcome: 'answered' });
    expect(await wish(executions.now())).toMatchObject({ outcome: 'started', execution: 'screening-abc-1' });
    executions.end('screening-abc-1', 'SUCCEEDED', { output: 'whole' });
    expect(await wish(executions.now())).toMatchObject({ outcome: 'finished', execution: 'screening-abc-1' });
  });

  it('one of many at once begins it', async () => {
    const since = executions.now();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => wish(since)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([...Array(4).fill('running'), 'started']);
    executions.end('screening-abc', 'FAILED');
    const later = executions.now();
    const again = await Promise.all(Array.from({ length: 5 }, () => wish(later)));
    expect(again.map(({ outcome }) => outcome).sort()).toEqual(['redriven', ...Array(4).fill('running')]);
    expect(executions.redriven).toHaveLength(1);
  });
});

describe('what nobody attends to', () => {
  it(`is given up after ${BEGIN_PATIENCE} failures in a row, and goes on by hand`, async () => {
    const outcomes: string[] = [];
    for (let firing = 0; firing < BEGIN_PATIENCE + 2; firing++) {
      outcomes.push((await wish(executions.now(), true)).outcome);
      for (const [name, { status }] of executions.states) if (status === 'RUNNING') executions.end(name, 'FAILED');
    }
    expect(outcomes).toEqual(['started', 'redriven', 'started', 'redriven', 'started', 'given up', 'given up']);
    expect(await wish(undefined)).toMatchObject({ outcome: 'redriven' });
  });

  it('counts failures since the last success', () => {
    const at = (status: string, seconds: number) => ({ ...ended(status), redrives: 1, began: new Date(seconds) });
    const failures = Array.from({ length: BEGIN_PATIENCE }, (_, n) => at('FAILED', n));
    const since = new Date(1000);
    const unattended = { since, unattended: true };
    expect(nextStep([...failures, undefined], unattended, true).outcome).toBe('given up');
    const tries = [...failures, at('SUCCEEDED', 50), at('FAILED', 60), undefined];
    expect(nextStep(tries, unattended, true)).toEqual({ outcome: 'started', attempt: BEGIN_PATIENCE + 2 });
  });

  it('stays stopped if somebody stopped it', async () => {
    await wish(executions.now(), true);
    executions.end('screening-abc', 'ABORTED');
    expect(await wish(executions.now(), true)).toMatchObject({ outcome: 'stopped' });
    expect(await wish(executions.now())).toMatchObject({ outcome: 'redriven' });
  });
});

it('looks at more names as long as they are used', async () => {
  for (let attempt = 0; attempt < 11; attempt++) {
    const state = { ...ended('FAILED'), redrivable: false, began: new Date(attempt) };
    executions.states.set(attemptName('screening-abc', attempt), state);
  }
  expect(await wish(undefined)).toMatchObject({ outcome: 'started', execution: 'screening-abc-11' });
});

it('an execution is known by its name', () => {
  expect(isAttemptAt('screening-abc', 'screening-abc')).toBe(true);
  expect(isAttemptAt('screening-abc', 'screening-abc-12')).toBe(true);
  for (const other of ['screening-abcd', 'screening-abc-x', 'screening-abc-', 'screening'])
    expect(isAttemptAt('screening-abc', other)).toBe(false);
});
