import { atomicNumber } from '../chemistry/elements.ts';
import type { Composition } from '../chemistry/formula.ts';
import type { ArrayFile, NumberArray } from '../io/store/array-file.ts';
import type { FormulaLabel } from '../labels/label.ts';
import { IONIC_ANIONS } from '../labels/merge-polymorphs.ts';
import { addPredictions, ForestGrower } from '../learning/forest.ts';
import { augmentCompositions } from './augment.ts';
import { describe } from './descriptors.ts';
import type { DistillOptions } from './distill-options.ts';
import type { ElementFeatures } from './element-features.ts';
import type { Weights } from './network.ts';
import { drawNeutral } from './neutral.ts';
import { type Example, StudentTraining } from './trainer.ts';

/** What a student is distilled from. */
export interface DistillationTask {
  readonly labels: readonly FormulaLabel[]; // of ionic crystals, all with the mobile ion: learned from
  readonly heldOut: readonly FormulaLabel[]; // only to be judged by
  readonly features: ElementFeatures;
  readonly options: DistillOptions;
}

/** What a distillation gives. */
export interface DistilledStudent {
  readonly weights: Weights;
  readonly guesses: Float64Array; // of the forest for each label held out
}

/**
 * The distillation of a student, step by step: a forest of extremely randomized trees on all generic descriptors learns the labels first, then
 * labels many made compositions, and the small student learns from both. One that is stopped after any step and resumed
 * from its checkpoint ends with the very same student.
 */
export class Distillation {
  private readonly task: DistillationTask;
  private readonly made: readonly Composition[];
  private readonly sums: Float64Array; // of the trees' predictions for what was made, then what is held out
  private trees: number; // grown so far
  private forest: { readonly grower: ForestGrower; readonly table: Float32Array } | undefined; // until it is grown
  private training: StudentTraining | undefined; // thereafter

  private constructor(task: DistillationTask, from: ArrayFile | undefined) {
    this.task = task;
    this.made = makeCompositions(task);
    this.sums = Float64Array.from(from?.arrays.sums ?? new Float64Array(this.made.length + task.heldOut.length));
    this.trees = (from?.header.trees as number | undefined) ?? 0;
  }

  /** @param from checkpoint of an earlier distillation of the same task */
  static async open(task: DistillationTask, from?: ArrayFile): Promise<Distillation> {
    const distillation = new Distillation(task, from);
    if (distillation.trees < task.options.forest.trees) distillation.beginForest(from);
    else await distillation.beginTraining(from);
    return distillation;
  }

  get done(): boolean {
    return this.training?.done ?? false;
  }

  /** Grow a tree, or have the student learn one batch. */
  async step(): Promise<void> {
    if (this.training !== undefined) await this.training.step();
    else if (this.forest !== undefined) {
      addPredictions(this.forest.grower.grow(), this.forest.table, this.sums);
      this.trees++;
      if (this.trees === this.task.options.forest.trees) await this.beginTraining();
    }
  }

  /** Where it stands. */
  checkpoint(): ArrayFile {
    const training = this.training?.state();
    const { step = 0, averaged = 0 } = training ?? {};
    const arrays: Record<string, NumberArray> = { sums: this.sums.slice(), ...training?.arrays };
    return { header: { trees: this.trees, step, averaged }, arrays: { ...arrays, ...this.forest?.grower.state() } };
  }

  /** The student, once it is done. */
  result(): DistilledStudent {
    if (this.training === undefined || !this.done) throw new Error('the distillation is not done');
    return { weights: this.training.weights(), guesses: this.predictions().slice(this.made.length) };
  }

  async release(): Promise<void> {
    await this.training?.release();
  }

  private beginForest(from: ArrayFile | undefined): void {
    const { labels, heldOut, features, options } = this.task;
    const { mobileIon, seed } = options;
    const compositionsOf = (some: readonly FormulaLabel[]) => some.map(({ composition }) => composition);
    const targets = Float64Array.from(labels, ({ probability }) => probability);
    const state = from && { random: from.arrays.random as Int32Array, order: from.arrays.order as Uint32Array };
    const learned = describe(features, compositionsOf(labels), mobileIon);
    this.forest = {
      grower: new ForestGrower(learned, targets, { ...options.forest, extraRandom: true, seed }, state),
      table: describe(features, [...this.made, ...compositionsOf(heldOut)], mobileIon),
    };
  }

  private async beginTraining(from?: ArrayFile): Promise<void> {
    const { labels, features, options } = this.task;
    const guesses = this.predictions();
    const examples: Example[] = [
      ...labels.map(({ composition, probability }) => ({ composition, probability, weight: options.labelWeight })),
      ...this.made.map((composition, i) => ({ composition, probability: guesses[i], weight: 1 })),
    ];
    const state = from && {
      step: from.header.step as number,
      averaged: from.header.averaged as number,
      arrays: from.arrays as Readonly<Record<string, Float32Array | Float64Array>>,
    };
    this.forest = undefined; // its tables are large
    this.training = await StudentTraining.open(features, examples, { ...options.training, seed: options.seed }, state);
  }

  private predictions(): Float64Array {
    return this.sums.map((sum) => sum / this.trees);
  }
}

/** What the forest labels: compositions near the labelled ones, and neutral ones of any elements. */
function makeCompositions({ labels, features, options }: DistillationTask): Composition[] {
  const { mobileIon, made, neutral, favoured, seed } = options;
  const anions = new Set(IONIC_ANIONS.map((symbol) => atomicNumber(symbol) as number));
  const known = labels.map(({ composition }) => composition);
  const likely = labels.filter(({ probability }) => probability >= favoured).map(({ composition }) => composition);
  const near = augmentCompositions(known, likely, features, mobileIon, anions, made, seed);
  return [...near, ...drawNeutral([...features.atomicNumbers], mobileIon, anions, [...known, ...near], neutral, seed)];
}
