import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFormula, parseFormula } from '../../shared/chemistry/formula.ts';
import { parseCsv } from '../../shared/io/tables/csv.ts';
import { sharedCase } from '../shared-data.ts';

const POINT = 'has a point that may be a decimal point or a hydrate dot';
const DOT = 'has a dot between numbers that may be a decimal point';
const REMARK = 'which may be an oxidation number or a remark';
const NAME = 'which is part of a name and not of a formula';
const hydrates = sharedCase('csv/l26-dot-hydrates.csv');
const lineBreak = sharedCase('csv/l09-quoted-newline.csv');

function formulasOf(path: string): string[] {
  return parseCsv(readFileSync(path, 'utf8'), path, ['formula']).rows.map((row) => row.text('formula'));
}

describe('a formula that a chemist may read otherwise', () => {
  it.each([
    ['f80 a superscript isotope', 'Li₂⁵⁸NiO₂', 'cannot be read at "⁵⁸NiO2"'],
    ['f81 a superscript isotope at the start', '⁷Li₃PS₄', 'cannot be read at "⁷Li3PS4"'],
    ['a footnote', 'Li3PS4¹', 'cannot be read at "¹"'],
    ['a footnote that would make sodium', 'Li₃Nᵃ', 'cannot be read at "ᵃ"'],
    ['a subscript letter', 'Li₃Nₐ', 'cannot be read at "ₐ"'],
    ['a footnote', 'Li3PS4*', 'has an empty part'],
    ['f03 a hydrate with a point', 'LiClO4.3H2O', POINT],
    ['f04 a hydrate of an iodide', 'LiI.3H2O', POINT],
    ['f74 a hydrate after a bracket', 'Zn(NO3)2.6H2O', POINT],
    ['heavy water', 'LiBr.2D2O', POINT],
    ['an ammine', 'MgCl2.6NH3', POINT],
    ['a solvate in brackets', 'LiCl.3(NH3)', POINT],
    ['oxides', 'Li2O.2SiO2', POINT],
    ['three oxides', 'Li2O.Al2O3.4SiO2', POINT],
    ['a double salt', 'LiI.3LiOH', POINT],
    ['a middle dot as decimal point', 'Li6·4La3Zr2O12', DOT],
    ['the same after two metals', 'La3Li6·4Zr2O12', DOT],
    ['the same of an anion', 'Li6PS4·5Cl', DOT],
    ['the same below 1', 'Li0·5La0·5TiO3', 'has the amount 0'],
    ['l09 f51 two formulas in one cell', 'Li3PS4\nLi2S', 'has a line break'],
    ['two formulas and a blank', 'Li3PS4 Li2S', 'has Li on both sides of a blank'],
    ['two formulas and a stroke', 'Li3PS4/Li2S', 'cannot be read at "/Li2S"'],
    ['two formulas and a comma', 'Li3PS4,Li2S', 'cannot be read at ",Li2S"'],
    ['two formulas and a plus', 'Li3PS4+LiI', 'cannot be read at "+LiI"'],
    ['a hydrate with a blank', 'LiCl 2H2O', 'has the number 2 between blanks'],
    ['a hydrate with two', 'LiCl 2 H2O', 'has the number 2 between blanks'],
    ['an isotope after a blank', 'Li 58NiO2', 'has the number 58 between blanks'],
    ['f09 a glass', '0.75Li2S-0.25P2S5', 'cannot be read at "-0.25P2S5"'],
    ['f11 a glass with a dash', '75Li2S–25P2S5', 'cannot be read at "–25P2S5"'],
    ['a dopant', 'Li3N:Mg', 'cannot be read at ":Mg"'],
    ['an abbreviation', 'Li7La3Zr2O12 (LLZO)', REMARK],
    ['a phase', 'Li3PO4 (HP)', REMARK],
    ['a space group', 'Li3PO4 (Pm)', REMARK],
    ['a space group with a number', 'Li3PS4 (P1)', REMARK],
    ['an oxidation number', 'LiFe(II)PO4', REMARK],
    ['an oxidation number before an amount', 'Cu(I)2O', REMARK],
    ['an oxidation number without brackets', 'LiMnIVO2', REMARK],
    ['an oxidation number in one character', 'LiCuⅠO', 'cannot be read at "ⅠO"'],
    ['a glass by name', 'LiPON', NAME],
    ['a salt by name', 'LiFSI', NAME],
    ['a salt by name', 'LiTFSI', NAME],
    ['a salt with D by name', 'LiDFOB', NAME],
    ['conductors by name', 'NaSICON', NAME],
    ['an acetate', 'LiOAc', NAME],
    ['tritium or a transition metal', 'LiTO2', 'names T, which is no known element'],
    ['a charge', 'Li+', 'cannot be read at "+"'],
    ['a variable', 'LiCoOx', 'names Ox, which is no known element'],
    ['a variable', 'Li7La3Zr2O12-δ', 'cannot be read at "-δ"'],
  ])('is refused, %s: %j', (_, formula, problem) => {
    expect(() => parseFormula(formula)).toThrow(problem);
    expect(() => parseFormula(formula)).toThrow('join parts by ·: 75Li2S·25P2S5');
  });

  it.each([
    ['Li6.4La3Zr1.4Ta0.6O12', 'Li6.4La3Zr1.4Ta0.6O12'],
    ['Li1.2(Li0.2Mn0.8)O2', 'Li1.4Mn0.8O2'],
    ['(Li1.2Ni0.8)(Li0.1Mn1.9)O4', 'Li1.3Mn1.9Ni0.8O4'],
    ['LiNi.5Mn.5O2', 'LiMn0.5Ni0.5O2'],
    ['Li3PS3.5O.5', 'Li3PS3.5O0.5'],
    ['Li2SO4. 2H2O', 'Li2H4SO6'],
    ['Li2SO4・H2O', 'Li2H2SO5'],
    ['60Li2S·25P2S5·15S', 'Li120P50S200'],
    ['VI3', 'VI3'],
    ['LiSCN', 'LiCSN'],
    ['Li (OH)', 'LiHO'],
    ['Li10 Ge (P S6) 2', 'Li10GeP2S12'],
    ['Li6.02P0.98Si0.02S5 Br', 'Li6.02Si0.02P0.98S5Br'],
  ])('is not %s', (formula, read) => {
    expect(formatFormula(parseFormula(formula))).toBe(read);
  });

  it.skipIf(hydrates === undefined)('l26 is refused with a point and read with a dot', () => {
    const [point, dot] = formulasOf(hydrates as string);
    expect(() => parseFormula(point)).toThrow(POINT);
    expect(formatFormula(parseFormula(dot))).toBe('LiH6ClO7');
  });

  it.skipIf(lineBreak === undefined)('l09 is refused where its formula has the line break', () => {
    const [two, one] = formulasOf(lineBreak as string);
    expect(() => parseFormula(two)).toThrow('has a line break');
    expect(formatFormula(parseFormula(one))).toBe('Li6PS5Cl');
  });
});
