import { expect, it } from 'vitest';
import { operationsOfHall } from '../../../shared/structure/symmetry/hall-symbol.ts';
import { settingsOfName, settingsOfNumber } from '../../../shared/structure/symmetry/space-group-names.ts';

it.each([
  ['F m -3 m', ['F m -3 m']],
  ['Fm-3m', ['F m -3 m']],
  ['F m 3 m', ['F m -3 m']],
  ['I a 3 d', ['I a -3 d']],
  ['P a 3', ['P a -3']],
  ['P 2 3', ['P 2 3']],
  ['P 21 3', ['P 21 3']],
  ['P_4_3_3_2', ['P 43 3 2']],
  ['P 6_3/m m c', ['P 63/m m c']],
  ['P21/c', ['P 1 21/c 1']],
  ['P2(1)/c', ['P 1 21/c 1']],
  ['P6(3)/mmc', ['P 63/m m c']],
  ['P 1 21/n 1', ['P 1 21/n 1']],
  ['P 21/b', ['P 1 1 21/b', 'P 21/b 1 1']],
  ['P 2/m', ['P 1 2/m 1']],
  ['B 2/b', ['B 1 1 2/b', 'B 2/b 1 1']],
  ['C m c e', ['C m c a']],
  ['A e a 2', ['A b a 2']],
  ['R -3 m', ['R -3 m:H', 'R -3 m:R']],
  ['R -3 m H', ['R -3 m:H']],
  ['R3c:R', ['R 3 c:R']],
  ['F d -3 m', ['F d -3 m:1', 'F d -3 m:2']],
  ['F d 3 m Z', ['F d -3 m:2']],
  ['I 41/a m d S', ['I 41/a m d:1']],
  ['F 4/m m m', ['F 4/m m m']],
  ['P n m a (0b0)', []],
  ['?', []],
])('%s means %j', (name, settings) => {
  expect(settingsOfName(name).map((setting) => setting.name)).toEqual(settings);
});

it('each name of the table means itself, and its group has operations', () => {
  for (let number = 1; number <= 230; number++)
    for (const setting of settingsOfNumber(number)) {
      expect(settingsOfName(setting.name)).toContainEqual(setting);
      expect(operationsOfHall(setting.hall)?.length, setting.name).toBeGreaterThan(0);
    }
});

it('a number means the settings of the International Tables', () => {
  expect(settingsOfNumber(2).map(({ name }) => name)).toEqual(['P -1']);
  expect(settingsOfNumber(62)).toHaveLength(6);
  for (const number of [0, 231, 1.5, Number.NaN]) expect(settingsOfNumber(number)).toEqual([]);
});
