import { expect, it } from 'vitest';
import { keptByStates } from '../../../shared/space/stoichiometries/kept-by-states.ts';
import type { ChargeStates } from '../../../shared/space/stoichiometries/sumsets.ts';

const MEGABYTE = 2 ** 20;

/** What is made for a column of charge q, of so many bytes; `made` has the charges in the order of making. */
function counted(bytes: (charge: number) => number) {
  const made: number[] = [];
  const get = keptByStates(
    ([[charge]], maxCoefficient) => {
      made.push(charge);
      return { charge, maxCoefficient };
    },
    ({ charge }) => bytes(charge),
  );
  return { made, get: (charge: number, maxCoefficient = 8) => get([[charge]] as ChargeStates, maxCoefficient) };
}

it('makes each once while there is room, by states and largest amount', () => {
  const { made, get } = counted(() => MEGABYTE);
  for (let round = 0; round < 3; round++) for (const charge of [1, 2, 3, 4]) get(charge);
  expect(made).toEqual([1, 2, 3, 4]);
  expect(get(1)).toBe(get(1));
  expect(get(1, 9)).toEqual({ charge: 1, maxCoefficient: 9 });
  expect(get(1)).toEqual({ charge: 1, maxCoefficient: 8 });
});

it('drops what was asked for longest ago, and that alone, when 8 MB are full', () => {
  const { made, get } = counted(() => MEGABYTE);
  for (const charge of [1, 2, 3, 4, 5, 6, 7, 8]) get(charge);
  get(1); // so 2 is the oldest
  get(9);
  for (const charge of [3, 4, 5, 6, 7, 8, 1, 9]) get(charge);
  expect(made).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  get(2);
  expect(made.at(-1)).toBe(2);
});

it('drops as many as one large one takes, and keeps one that is larger than all room until another one comes', () => {
  const { made, get } = counted((charge) => (charge === 7 ? 9 : charge === 6 ? 6 : 1) * MEGABYTE);
  for (const charge of [1, 2, 3, 6, 3, 2]) get(charge); // 6 takes the place of 1
  expect(made).toEqual([1, 2, 3, 6]);
  get(7);
  get(7);
  expect(made).toEqual([1, 2, 3, 6, 7]);
  for (const charge of [1, 2, 1, 7]) get(charge);
  expect(made).toEqual([1, 2, 3, 6, 7, 1, 2, 7]);
});
