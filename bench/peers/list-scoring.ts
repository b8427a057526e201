import { readFileSync } from 'node:fs';
import { packagePath } from '../../local/shipped/package-root.ts';
import { type Composition, formatFormula, parseFormula } from '../../shared/chemistry/formula.ts';
import { readLabels } from '../../shared/labels/labels-file.ts';
import { isIonic, mergePolymorphs } from '../../shared/labels/merge-polymorphs.ts';
import { rankCorrelation } from '../../shared/learning/rank-correlation.ts';
import { scoreCompositions } from '../../shared/models/score-compositions.ts';
import type { StudentSession } from '../../shared/models/student-session.ts';
import { createRandom, randomInteger, shuffle } from '../../shared/random.ts';
import { compositionAt } from '../../shared/space/rank.ts';
import type { Space } from '../../shared/space/space.ts';
import { type Bench, largestDifference, Peer, type PeerComparison, PeerError, sideBySide } from './side-by-side.ts';

const SEED = 1;
const [FOREST_FORMULAS, NUMPY_FORMULAS] = [2000, 40_000];
const LABELLED = 2000; // formulas that the forest learns from
const LEAST_CORRELATION = 0.4; // of two models that learned the same labels

/** A list of formulas and the student that scores it. */
export interface ListWork {
  readonly space: Space; // that formulas are drawn from
  readonly student: StudentSession;
  readonly studentFile: string;
}

/** Formulas to scores: matminer's descriptors and a forest, another model on the same compositions. */
export async function compareForest(bench: Bench, { space, student }: ListWork): Promise<PeerComparison[]> {
  const formulas = drawFormulas(space, FOREST_FORMULAS);
  const labels = mergePolymorphs(await readLabels(packagePath('data/labels.csv.gz'))).filter(isIonic);
  const labelled = shuffle([...labels], createRandom(SEED)).slice(0, LABELLED);
  const peer = new Peer(bench, 'magpie_forest', {
    formulas,
    labelled: labelled.map(({ formula }) => formula),
    probabilities: labelled.map(({ probability }) => probability),
  });
  const times = await sideBySide(peer, () => scoreFormulas(student, formulas));
  const answer = JSON.parse(readFileSync(peer.answer, 'utf8'));
  largestDifference(
    formulas.map((formula) => meanNumber(parseFormula(formula))),
    answer.meanNumber,
    1e-9,
    'mean atomic number',
  );
  const correlation = rankCorrelation(await scoreFormulas(student, formulas), answer.probability);
  if (!(correlation >= LEAST_CORRELATION))
    throw new PeerError(`the forest's scores correlate by ${correlation} with ours`);
  return [
    {
      task: 'a list of formulas to probabilities, by the model that each has',
      count: formulas.length,
      unit: 'compositions',
      peer: 'matminer Magpie, scikit-learn forest of 100 trees',
      ours: 'scoreCompositions',
      ...times,
      agreement: `the same compositions (mean atomic number to 1e-9); another model: rank correlation ${correlation.toFixed(2)}`,
    },
  ];
}

/** Formulas to scores: the student in numpy. */
export async function compareNumpyList(
  bench: Bench,
  { space, student, studentFile }: ListWork,
): Promise<PeerComparison[]> {
  const formulas = drawFormulas(space, NUMPY_FORMULAS);
  const peer = new Peer(bench, 'numpy_list', { student: studentFile, formulas });
  const times = await sideBySide(peer, () => scoreFormulas(student, formulas));
  const logits = new Float32Array(new Uint8Array(readFileSync(peer.answer)).buffer);
  const difference = largestDifference(await scoreFormulas(student, formulas), logits, 1e-4, 'logit');
  return [
    {
      task: 'a list of formulas to logits of the student',
      count: formulas.length,
      unit: 'compositions',
      peer: 'numpy by hand',
      ours: 'scoreCompositions',
      ...times,
      agreement: `logits to ${difference.toExponential(0)}`,
    },
  ];
}

function drawFormulas(space: Space, count: number): string[] {
  const random = createRandom(SEED);
  return Array.from({ length: count }, () =>
    formatFormula(compositionAt(space, randomInteger(random, space.compositions))),
  );
}

function scoreFormulas(student: StudentSession, formulas: readonly string[]): Promise<Float32Array> {
  const compositions = formulas.map((formula) => parseFormula(formula));
  return scoreCompositions(student, compositions, (i) => formulas[i]);
}

function meanNumber({ atomicNumbers, amounts }: Composition): number {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  return atomicNumbers.reduce((sum, z, i) => sum + z * amounts[i], 0) / total;
}
