import { atomicNumber, MAX_ATOMIC_NUMBER } from './elements.ts';

/*
 * Elements in the order in which they replace each other best in known crystal structures: the modified Pettifor scale,
 * Glawe et al., New J. Phys. 18, 093011 (2016), doi:10.1088/1367-2630/18/9/093011.
 */
const ORDER =
  'He Ne Ar Kr Xe Rn Fr Cs Rb K Na Li Ra Ba Sr Ca Eu Yb Lu Tm Y Er Ho Dy Tb Gd Sm Pm Nd Pr Ce La Ac Th Pa U Np Pu Am ' +
  'Cm Bk Cf Es Fm Md No Lr Sc Zr Hf Ti Ta Nb V Cr Mo W Re Tc Os Ru Ir Rh Pt Pd Au Ag Cu Ni Co Fe Mn Mg Zn Cd Hg Be Al ' +
  'Ga In Tl Pb Sn Ge Si B C N P As Sb Bi Po Te Se S O At I Br Cl F H';

/** Position on the modified Pettifor scale by atomic number, from 0 (He) to 102 (H); shape (MAX_ATOMIC_NUMBER + 1,). */
export const MODIFIED_PETTIFOR: Uint8Array = new Uint8Array(MAX_ATOMIC_NUMBER + 1);
ORDER.split(' ').forEach((symbol, position) => {
  MODIFIED_PETTIFOR[atomicNumber(symbol) as number] = position;
});
