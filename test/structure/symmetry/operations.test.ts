import { describe, expect, it } from 'vitest';
import { orbit, parseOperation } from '../../../shared/structure/symmetry/operations.ts';

describe('parseOperation', () => {
  it.each([
    ['x, y, z', [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]],
    ['-x+1/2, y, -z', [-1, 0, 0, 0, 1, 0, 0, 0, -1], [0.5, 0, 0]],
    ['1/2+X-Y,X,Z-.25', [1, -1, 0, 1, 0, 0, 0, 0, 1], [0.5, 0, -0.25]],
    [' y , -x+y , z + 0.5 ', [0, 1, 0, -1, 1, 0, 0, 0, 1], [0, 0, 0.5]],
  ])('reads %s', (text, rotation, translation) => {
    const operation = parseOperation(text, {});
    expect(operation.rotation.map((value) => value + 0)).toEqual(rotation);
    expect(operation.translation).toEqual(translation);
  });

  it.each([
    '',
    'x,y',
    'x,y,z,z',
    'x,y,q',
    'x,x,z',
    'x y,y,z',
    '2x,y,z',
    'x+1/0,y,z',
    'x+1/42,y,z',
    '+,y,z',
    'x'.repeat(200),
  ])('refuses %j, naming it', (text) => {
    expect(() => parseOperation(text, { file: 'a.cif', line: 7 })).toThrow(/^a\.cif:7: ".*" is no symmetry operation/);
  });
});

describe('orbit', () => {
  const CUBE = [5, 0, 0, 0, 5, 0, 0, 0, 5];
  const operations = ['x,y,z', '-x,-y,-z'].map((text) => parseOperation(text, {}));

  it('doubles a general position and keeps an inversion centre once', () => {
    expect(orbit([0.1, 0.2, 0.3], operations, CUBE, 0.02)).toEqual([0.1, 0.2, 0.3, 0.9, 0.8, 0.7]);
    expect(orbit([0.5, 0, 0.5], operations, CUBE, 0.02)).toEqual([0.5, 0, 0.5]);
  });

  it('puts a rounded position onto the centre beside it', () => {
    const [x, y, z, ...others] = orbit([0.4999, 0.9999, 0], operations, CUBE, 0.02);
    expect(others).toEqual([]);
    expect(x).toBeCloseTo(0.5, 12);
    expect(Math.min(y, 1 - y)).toBeCloseTo(0, 12);
    expect(z).toBe(0);
  });
});
