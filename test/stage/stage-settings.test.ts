import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, readConfig } from '../../shared/stage/stage-settings.ts';
import { DISTILL_DEFAULTS } from '../../shared/student/distill-options.ts';

const read = (settings: unknown) => readConfig('dev', { dev: settings });

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(read({})).toEqual({ stage: 'dev', ...DEFAULT_SETTINGS });
  });

  it('screens on arm64, without a schedule, and keeps the data, unless it is told otherwise', () => {
    expect(read({})).toMatchObject({ architecture: 'arm64', schedule: null, removalPolicy: 'retain' });
  });

  it('overrides one part of a group and keeps the others', () => {
    expect(read({ memoryMB: { train: 1769 } }).memoryMB).toEqual({ ...DEFAULT_SETTINGS.memoryMB, train: 1769 });
  });

  it('has distillation take no value that the function would refuse', () => {
    expect(DISTILL_DEFAULTS).toEqual(read({ distillation: DISTILL_DEFAULTS }).distillation);
  });

  it('starts within the concurrency of a new account', () => {
    expect(read({}).maxConcurrency).toBeLessThan(10);
  });

  it('changes of distillation only what it names', () => {
    expect(read({ distillation: { training: { size: { first: 32 } } } }).distillation).toEqual({
      training: { size: { first: 32 } },
    });
  });

  it('is read from JSON text too, as the command line gives it', () => {
    expect(readConfig('ci', '{"ci": {"maxConcurrency": 3}}').maxConcurrency).toBe(3);
  });

  it('accepts every stage of cdk.json', () => {
    const { ionsieve } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context;
    for (const stage of Object.keys(ionsieve)) expect(readConfig(stage, ionsieve).stage).toBe(stage);
  });

  it.each([
    [
      { maxConcurency: 5 },
      /^cdk\.json: ionsieve\.dev\.maxConcurency: "maxConcurency" is not one of .*\bmaxConcurrency\b/,
    ],
    [{ memoryMB: { screening: 1769 } }, /ionsieve\.dev\.memoryMB\.screening: "screening" is not one of plan, screen/],
    [{ maxConcurrency: 0 }, 'cdk.json: ionsieve.dev.maxConcurrency: 0 is not an integer from 1 to 10000'],
    [{ maxConcurrency: '100' }, '"100" is not an integer'],
    [
      { lambdaConcurrency: 20, maxConcurrency: 21 },
      'dev.maxConcurrency: 21 is not an integer from 1 to 20 (lambdaConcurrency',
    ],
    [{ maxConcurrency: 500 }, 'dev.maxConcurrency: 500 is not an integer from 1 to 10 (lambdaConcurrency'],
    [{ memoryMB: { train: 20_000 } }, 'ionsieve.dev.memoryMB.train: 20000 is not an integer from 1024 to 10240'],
    [{ memoryMB: { train: 512 } }, 'memoryMB.train: 512 is not an integer from 1024 to 10240 (a training takes 620'],
    [{ memoryMB: { reduce: 512 } }, 'memoryMB.reduce: 512 is not an integer from 1024 to 10240 (scoring the finalists'],
    [{ memoryMB: { plan: 512 } }, 'memoryMB.plan: 512 is not an integer from 1024 to 10240 (planning'],
    [{ memoryMB: { collect: 256 } }, 'memoryMB.collect: 256 is not an integer from 512 to 10240 (collecting'],
    [{ memoryMB: { screen: 767 } }, 'memoryMB.screen: 767 is not an integer from 768 to 3537 (a chunk with bounds'],
    [{ memoryMB: { screen: 3538 } }, 'memoryMB.screen: 3538 is not an integer from 768 to 3537'],
    [{ memoryMB: { light: 128 } }, 'memoryMB.light: 128 is not an integer from 256 to 10240'],
    [
      { timeoutMinutes: { screen: 1 } },
      'timeoutMinutes.screen: 1 is not an integer from 2 to 15 (a chunk takes about 30 s',
    ],
    [
      { memoryMB: { screen: 768 }, timeoutMinutes: { screen: 3 } },
      'screen: 3 is not an integer from 4 to 15 (a chunk takes about 69 s with 768 MB)',
    ],
    [{ timeoutMinutes: { train: 16 } }, 'timeoutMinutes.train: 16 is not an integer from 2 to 15'],
    [{ timeoutMinutes: { train: 1 } }, 'train: 1 is not an integer from 2 to 15 (a training works for 60 % of it'],
    [{ architecture: 'x86_64' }, '"x86_64" is not one of arm64, x64'],
    [{ schedule: 'weekly' }, 'schedule: "weekly" is not null, "rate(7 days)" or'],
    [{ schedule: '' }, 'schedule: "" is not'],
    [{ schedule: 'cron(99 99 ? * MON *)' }, 'is not a schedule: its minute is "99", and may be of 0 to 59'],
    [{ spendingLimitUsd: -1 }, 'spendingLimitUsd: -1 is not a number from 0.01 to 1000000'],
    [{ spendingLimitUsd: null }, 'spendingLimitUsd: null is not a number'],
    [{ notificationEmails: 'a@b.org' }, 'notificationEmails: "a@b.org" is not a list'],
    [{ notificationEmails: ['a@b.org', 'a@b.org'] }, 'notificationEmails[1]: "a@b.org" is not there once only'],
    [{ notificationEmails: ['a@b.org', 'b'] }, 'notificationEmails[1]: "b" is not an e-mail address'],
    [{ retentionDays: { logs: 100 } }, 'retentionDays.logs: 100 is not one of 1, 3, 5'],
    [{ removalPolicy: 'snapshot' }, '"snapshot" is not one of retain, destroy'],
    [{ promotionMargin: 1.5 }, 'promotionMargin: 1.5 is not a number from 0 to 1'],
    [{ defaultSpace: 'data/spaces/small.json' }, 'is not a key such as "spaces/ionic-quinary.json"'],
    [{ distillation: { fold: 5 } }, 'ionsieve.dev.distillation.fold: "fold" is not one of folds, made'],
    [{ distillation: { forest: { featureShare: 0 } } }, 'forest.featureShare: 0 is not a number above 0, at most 1'],
    [{ distillation: { training: { averageFrom: 1 } } }, 'averageFrom: 1 is not a number above 0, at most 0.99'],
    [{ distillation: { made: 0.5 } }, 'distillation.made: 0.5 is not an integer from 1'],
    [
      { distillation: { training: { steps: 0 } } },
      'ionsieve.dev.distillation.training.steps: 0 is not an integer from 1',
    ],
    [
      { distillation: { training: { size: { first: 1.5 } } } },
      'distillation.training.size.first: 1.5 is not an integer',
    ],
    ['{}', 'ionsieve.dev: "{}" is not an object'],
  ])('refuses %j and says where, what and what is expected', (settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });

  it.each(['Prod', 'a', 'production-europe-1', 'dev_1', undefined, 7])('refuses %j as a stage', (stage) => {
    expect(() => readConfig(stage, {})).toThrow('is not a stage name of 2 to 16');
  });

  it('names the stages that there are when it is asked for another', () => {
    expect(() => readConfig('test', { dev: {}, prod: {} })).toThrow('stage: "test" is not one of dev, prod');
    expect(() => readConfig('dev', undefined)).toThrow('ionsieve: nothing is not an object');
    expect(() => readConfig('dev', '{dev}')).toThrow('ionsieve: it is not JSON (');
  });
});
