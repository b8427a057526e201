import { describe, expect, it } from 'vitest';
import { chargeAssignment, formatCharges } from '../../shared/chemistry/charge-assignment.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';

function charges(formula: string): string {
  const composition = parseFormula(formula);
  const assignment = chargeAssignment(composition);
  return assignment === undefined ? 'none' : formatCharges(composition, assignment);
}

const share = (formula: string): number => chargeAssignment(parseFormula(formula))?.weakestShare ?? Number.NaN;

describe('chargeAssignment', () => {
  it.each([
    ['Li6PS5Cl', 'Li+ P5+ S2- Cl-'],
    ['Li10GeP2S12', 'Li+ Ge4+ P5+ S2-'],
    ['Li6.4La3Zr1.4Ta0.6O12', 'Li+ La3+ Zr4+ Ta5+ O2-'],
    ['Li1.3Al0.3Ti1.7(PO4)3', 'Li+ Ti4+ Al3+ P5+ O2-'],
    ['LiFePO4', 'Li+ Fe2+ P5+ O2-'],
    ['LiBH4', 'Li+ B3+ H-'],
    ['LiNH2', 'Li+ H+ N3-'],
    ['LiTaS2', 'Li+ Ta3+ S2-'],
  ])('of %s is %s', (formula, expected) => {
    expect(charges(formula)).toBe(expected);
  });

  it('has two states of one element where single ones are unusual or none', () => {
    expect(charges('LiMn2O4')).toBe('Li+ Mn3+/Mn4+ O2-');
    expect(charges('Fe3O4')).toBe('Fe2+/Fe3+ O2-');
    expect(charges('Li2.5V2(PO4)3')).toBe('Li+ V3+/V4+ P5+ O2-');
    expect(charges('LiCoO2')).toBe('Li+ Co3+ O2-');
  });

  it('tells how usual its rarest state is', () => {
    expect(share('Li3PS4')).toBeCloseTo(13_415 / 19_914, 3); // S2-
    expect(share('Li4P2S6')).toBeLessThan(0.05);
    expect(share('LiTaS2')).toBeLessThan(0.05);
    expect(share('Li7La3Zr2O12')).toBeGreaterThan(0.9);
  });

  it('is none where no states are neutral, or the ICSD knows none', () => {
    expect([charges('Li3Mg'), charges('HeLi')]).toEqual(['none', 'none']);
  });

  it('takes amounts that are rounded, and none that are not', () => {
    expect(charges('Li6.99La3Zr2O12')).toBe('Li+ La3+ Zr4+ O2-');
    expect(share('Li6La3Zr2O12')).toBeLessThan(0.05);
  });

  it('ends soon with as many elements as a formula may have', () => {
    const many = 'LiNaKRbCsMgCaSrBaAlGaInSiGeSnTiZrHfVNbTaCrMoWMnReFeCoNiCuZnPSClBrIFO40';
    expect(chargeAssignment(parseFormula(many))?.weakestShare).toBeGreaterThan(0);
  });
});
