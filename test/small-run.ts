import { sha256 } from '../shared/hash.ts';
import { randomCommittee } from './random-committee.ts';

/** What a small run is made of: the elements that its models know, a space, and labels with a committee of them. */
export const KNOWN = ['Li', 'O', 'P', 'S', 'Cl', 'Ge', 'Tl'];
export const SPACE = {
  name: 'test',
  mobileIon: 'Li',
  elements: ['P', 'O', 'S', 'Cl', 'Ge', 'Tl'],
  anions: ['O', 'S', 'Cl'],
  arity: [3, 4],
  maxCoefficient: 6,
};
export const LABELS = `id,formula,anion,llb,sbi,afc,lasd,llsd,probability
a,Li3PS4,S,1,1,1,1,1,0.75
b,Li2GeO3,O,1,1,1,1,1,0.25
c,LiCl,Cl,1,1,1,1,1,0
`;
export const LABELS_HASH = sha256(LABELS);
export const COMMITTEE = randomCommittee(KNOWN, 1, LABELS_HASH);
