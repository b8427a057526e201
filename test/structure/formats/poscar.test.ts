import { describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/errors.ts';
import { parsePoscar } from '../../../shared/structure/formats/poscar.ts';
import { signedVolume } from '../../../shared/structure/lattice.ts';

const LINES = [
  'LiF, CsCl type',
  '2.0',
  '1.5 0 0',
  '0 1.5 0',
  '0 0 1.5',
  'Li F',
  '1 1',
  'Direct',
  '0 0 0 Li',
  '0.5 0.5 0.5 F',
];

/** The file with one line (1-based) replaced. */
function withLine(line: number, ...text: string[]): string {
  return [...LINES.slice(0, line - 1), ...text, ...LINES.slice(line)].join('\n');
}

describe('parsePoscar', () => {
  it('reads scale, elements and direct coordinates', () => {
    const { id, lattice, atomicNumbers, fractional } = parsePoscar(LINES.join('\r\n'), 'LiF');
    expect(id).toBe('LiF');
    expect([...lattice]).toEqual([3, 0, 0, 0, 3, 0, 0, 0, 3]);
    expect([...atomicNumbers]).toEqual([3, 9]);
    expect([...fractional]).toEqual([0, 0, 0, 0.5, 0.5, 0.5]);
  });

  it('takes a negative scale for the volume', () => {
    expect(signedVolume(parsePoscar(withLine(2, '-64.0'), 'LiF').lattice)).toBeCloseTo(64, 10);
  });

  it('reads selective dynamics and Cartesian coordinates in units of the scale', () => {
    const text = [...LINES.slice(0, 7), 'Selective dynamics', 'Cartesian', '0 0 0 T T F', '7.5d-1 0.75 0.75 F F F'];
    expect([...parsePoscar(text.join('\n'), 'LiF').fractional.slice(3)]).toEqual([0.5, 0.5, 0.5]);
  });

  it('reads symbols that name a potential', () => {
    expect([...parsePoscar(withLine(6, 'Li_sv F/1a2b'), 'LiF').atomicNumbers]).toEqual([3, 9]);
  });

  it('reads symbols and counts of several lines, and what stands before comments', () => {
    const text = [
      'c',
      '3 # scale',
      '1 0 0',
      '0 1 0',
      '0 0 1',
      'Li ! one',
      'F',
      '1',
      '1 ! counts',
      'Direct ! mode',
      ...LINES.slice(8),
    ];
    expect([...parsePoscar(text.join('\n'), 'LiF').atomicNumbers]).toEqual([3, 9]);
  });

  it('passes over what follows an empty line, and reads flags that look like fluorine', () => {
    const text = [...LINES.slice(0, 7), 'Selective', 'Direct', '0 0 0 F F F', '.5 .5 .5 T T T F', '', '0 0 0', '0 0 0'];
    expect([...parsePoscar(text.join('\n'), 'LiF').atomicNumbers]).toEqual([3, 9]);
  });

  it.each([
    [
      'Cartesian coordinates as direct ones',
      withLine(10, '3.3 .5 .5'),
      /^dir\/POSCAR:10: a direct coordinate is far outside/,
    ],
    [
      'an atom marked as another',
      withLine(10, '.5 .5 .5 Cl'),
      /^dir\/POSCAR:10: the position is that of F .* marked Cl/,
    ],
    ['more positions than counts', withLine(10, '.5 .5 .5', '.5 0 0'), /^dir\/POSCAR:11: there are more positions/],
    ['more counts than symbols', withLine(7, '1 1 1'), /^dir\/POSCAR:7: there are 2 symbols and 3 counts/],
    ['the VASP 4 format', withLine(6), /^dir\/POSCAR:6: .*VASP 4: insert a line/],
    ['an unknown element', withLine(6, 'Li Xx'), /^dir\/POSCAR:6: "Xx" is no known element/],
    ['a coordinate that is no number', withLine(10, '0.5 NaN 0.5'), /^dir\/POSCAR:10: "NaN" is not a number/],
    ['a cell without volume', withLine(5, '0 1.5 0'), /^dir\/POSCAR:3: .*volume is 0/],
    ['the scale 0', withLine(2, '0'), /^dir\/POSCAR:2: the scale 0/],
    ['fewer positions than atoms', LINES.slice(0, 9).join('\n'), /^dir\/POSCAR:10: the line is missing/],
    ['an atom written twice', withLine(10, '1.0 0 0'), /^dir\/POSCAR:10: .*atom 1 and atom 2 are at the same position/],
    ['a missing coordinate mode', withLine(8), /^dir\/POSCAR:8: "0" is not Direct or Cartesian/],
    ['a fractional count', withLine(7, '1 1.5'), /^dir\/POSCAR:7: 1.5 is no count/],
    ['an empty file', '', /^dir\/POSCAR:2: the line is missing/],
  ])('refuses %s, naming the line', (_, text, message) => {
    expect(() => parsePoscar(text, 'LiF', 'dir/POSCAR')).toThrow(InputError);
    expect(() => parsePoscar(text, 'LiF', 'dir/POSCAR')).toThrow(message);
  });

  it('refuses more atoms than a cell holds before it lists them', () => {
    const text = [...LINES.slice(0, 5), 'Li '.repeat(1000), '10000 '.repeat(1000), 'Direct'].join('\n');
    expect(() => parsePoscar(text, 'x', 'POSCAR')).toThrow('POSCAR:7: 10000000 atoms are more than 10000');
  });
});
