import { describe, expect, it } from 'vitest';
import { schedule } from '../../shared/stage/schedule-expression.ts';
import { readSetting } from '../../shared/stage/setting-readers.ts';

const read = (value: unknown) => readSetting(schedule, value, 'schedule');

describe('a schedule', () => {
  it.each([
    'rate(1 day)',
    'rate(7 days)',
    'rate(1 hour)',
    'rate(90 minutes)',
    'cron(0 6 ? * MON *)',
    'cron(15 10 * * ? *)',
    'cron(*/15 0-6,22 ? * MON-FRI 2026-2030)',
    'cron(0/15 6 1,15 JAN-MAR,12 ? *)',
    'cron(0 18 L * ? *)',
    'cron(0 18 15W * ? *)',
    'cron(0 18 ? * 6L *)',
    'cron(0 18 ? * 3#2 2199)',
  ])('is %s', (expression) => {
    expect(read(expression)).toBe(expression);
  });

  it.each([
    ['rate(1 days)', 'write "rate(1 day)"'],
    ['rate(2 day)', 'write "rate(2 days)"'],
    ['rate(0 days)', 'a whole number above 0'],
    ['rate(1.5 hours)', 'a whole number above 0'],
    ['rate(1 week)', 'minutes, hours or days'],
    ['cron(99 99 ? * MON *)', 'its minute is "99", and may be of 0 to 59'],
    ['cron(0 24 ? * MON *)', 'its hour is "24", and may be of 0 to 23'],
    ['cron(0 6 0 * ? *)', 'its day of the month is "0", and may be of 1 to 31'],
    ['cron(0 6 32W * ? *)', 'its day of the month is "32W"'],
    ['cron(0 6 1 13 ? *)', 'its month is "13", and may be of 1 to 12 or JAN to DEC'],
    ['cron(0 6 ? * 0 *)', 'its day of the week is "0", and may be of 1 to 7 or SUN to SAT'],
    ['cron(0 6 ? * MON#6 *)', 'its day of the week is "MON#6"'],
    ['cron(0 6 ? * MON 1969)', 'its year is "1969", and may be of 1970 to 2199'],
    ['cron(0 6 ? * FRI-MON *)', 'its day of the week is "FRI-MON"'],
    ['cron(0/0 6 ? * MON *)', 'its minute is "0/0"'],
    ['cron(0, 6 ? * MON *)', 'its minute is "0,"'],
    ['cron(? 6 ? * MON *)', 'its minute is "?"'],
    ['cron(0 6 * * MON *)', 'one of day of the month and day of the week, and only one, is "?"'],
    ['cron(0 6 ? * ? *)', 'and only one, is "?"'],
    ['cron(0 6 * * *)', 'has six fields, divided by single spaces: minute, hour,'],
    ['cron(0 6  ? * MON *)', 'six fields'],
    ['every day', 'null, "rate(7 days)" or "cron(0 6 ? * MON *)"'],
    [7, 'null, "rate(7 days)"'],
  ])('is not %j, and it is told why', (value, reason) => {
    expect(() => read(value)).toThrow(reason);
    expect(() => read(value)).toThrow(`cdk.json: schedule: ${JSON.stringify(value)} is not`);
  });
});
