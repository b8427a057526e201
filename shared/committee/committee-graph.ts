import { compareElements } from '../chemistry/elements.ts';
import type { PiecewiseLinear } from '../learning/isotonic.ts';
import type { Tree } from '../learning/regression-tree.ts';
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { treeEnsemble } from '../onnx/tree-ensemble.ts';
import type { ElementFeatures } from '../student/element-features.ts';
import type { Calibration } from './calibration.ts';
import { DESCRIPTOR_GRID } from './committee.ts';

/** What a committee is made of. */
export interface CommitteeParts {
  readonly features: ElementFeatures;
  readonly members: readonly Tree[];
  readonly calibration: Calibration;
  readonly mobileIon: number; // atomic number
}

/**
 * The committee as one self-contained ONNX model of schema committee-1: `elements` int64 (N, k) and `amounts` float32
 * (N, k), one composition per row, give `probability_mean` and `probability_std`, float32 (N,). The order within a row
 * does not matter; a composition of fewer than k elements has the amount 0 in the columns that are left, with any row
 * of the element table.
 *
 * @param metadata becomes `metadata_props`
 */
export function exportCommittee(
  { features, members, calibration, mobileIon }: CommitteeParts,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder();
  const elements = graph.input('elements', 'int64', ['N', 'k']);
  const amounts = graph.input('amounts', 'float', ['N', 'k']);
  const table = new DescriptorGraph(graph, features, elements, amounts).descriptors(mobileIon);
  const predictions = graph.cast(treeEnsemble(graph, table, members), 'double');
  const mean = graph.node('ReduceMean', [predictions], { axes: [1], keepdims: 1 });
  const differences = graph.node('Sub', [predictions, mean]);
  const squares = graph.node('Mul', [differences, differences]);
  const spread = graph.node('Sqrt', [graph.node('ReduceMean', [squares], { axes: [1], keepdims: 1 })]);
  for (const [name, raw, curve] of [
    ['probability_mean', mean, calibration.probability],
    ['probability_std', spread, calibration.deviation],
  ] as const) {
    const calibrated = graph.cast(interpolation(graph, raw, curve), 'float');
    graph.output(name, graph.node('Reshape', [calibrated, graph.integers([1], [-1])]), ['N']);
  }
  return graph.encode('committee', metadata);
}

/** A piecewise linear function of each value, shape (N, 1): Σ slope · min(max(value − x, 0), width). */
function interpolation(graph: GraphBuilder, value: Value, { x, y }: PiecewiseLinear): Value {
  const pieces = x.length - 1;
  const widths = x.slice(1).map((end, i) => end - x[i]);
  const slopes = widths.map((width, i) => (y[i + 1] - y[i]) / width);
  const beyond = graph.node('Max', [
    graph.node('Sub', [value, graph.doubles([1, pieces], x.slice(0, pieces))]),
    graph.doubles([1], [0]),
  ]);
  const covered = graph.node('Min', [beyond, graph.doubles([1, pieces], widths)]);
  const risen = graph.node('MatMul', [covered, graph.doubles([pieces, 1], slopes)]);
  return graph.node('Add', [risen, graph.doubles([1], [y[0]])]);
}

/** The generic descriptors of each row in double precision; see `descriptors.ts`. */
class DescriptorGraph {
  private readonly graph: GraphBuilder;
  private readonly features: ElementFeatures;
  private readonly elements: Value;
  private readonly isPresent: Value; // bool, shape (N, k)
  private readonly fractions: Value; // shape (N, k)

  constructor(graph: GraphBuilder, features: ElementFeatures, elements: Value, amounts: Value) {
    const exact = graph.cast(amounts, 'double');
    this.graph = graph;
    this.features = features;
    this.elements = elements;
    this.isPresent = graph.node('Greater', [amounts, graph.constant([], [0])]);
    this.fractions = graph.node('Div', [exact, graph.node('ReduceSum', [exact, graph.integers([1], [1])])]);
  }

  /** Rounded as in `committeeTable`, float32, shape (N, descriptors). */
  descriptors(mobileIon: number): Value {
    const graph = this.graph;
    const all = graph.node('Concat', [this.statistics(), ...this.extras(mobileIon)], { axis: 1 });
    const grid = graph.doubles([1], [DESCRIPTOR_GRID]);
    return graph.cast(graph.node('Div', [graph.node('Round', [graph.node('Mul', [all, grid])]), grid]), 'float');
  }

  /** Mean, average deviation, minimum, maximum and range of each property, shape (N, 5 · properties). */
  private statistics(): Value {
    const graph = this.graph;
    const { symbols, names, values: table } = this.features;
    const values = graph.node('Gather', [graph.doubles([symbols.length, names.length], table), this.elements]);
    const last = graph.integers([1], [2]);
    const fractions = graph.node('Unsqueeze', [this.fractions, last]);
    const isPresent = graph.node('Unsqueeze', [this.isPresent, last]);
    const weighted = (of: Value): Value =>
      graph.node('ReduceSum', [graph.node('Mul', [of, fractions]), graph.integers([1], [1])]);
    const extreme = (type: string, otherwise: number): Value => {
      const present = graph.node('Where', [isPresent, values, graph.doubles([1], [otherwise])]);
      return graph.node(type, [present], { axes: [1], keepdims: 1 });
    };
    const mean = weighted(values);
    const deviation = weighted(graph.node('Abs', [graph.node('Sub', [values, mean])]));
    const low = extreme('ReduceMin', Number.MAX_VALUE);
    const high = extreme('ReduceMax', -Number.MAX_VALUE);
    const range = graph.node('Sub', [high, low]);
    const rows = graph.node('Concat', [mean, deviation, low, high, range], { axis: 1 });
    const byProperty = graph.node('Transpose', [rows], { perm: [0, 2, 1] });
    return graph.node('Reshape', [byProperty, graph.integers([2], [-1, 5 * names.length])]);
  }

  /** Number of elements, norms, largest fraction, fractions of the mobile ion and of the anion, each of shape (N, 1). */
  private extras(mobileIon: number): Value[] {
    const graph = this.graph;
    const { atomicNumbers } = this.features;
    const sum = (of: Value): Value => graph.node('ReduceSum', [of, graph.integers([1], [1])]);
    const largest = (of: Value): Value => graph.node('ReduceMax', [of], { axes: [1], keepdims: 1 });
    const perElement = (values: ArrayLike<number>): Value =>
      graph.node('Gather', [graph.doubles([values.length], values), this.elements]);
    const power = (of: Value, exponent: number): Value => graph.node('Pow', [of, graph.doubles([1], [exponent])]);
    const present = graph.cast(this.isPresent, 'double');
    const isMobile = perElement(Float64Array.from(atomicNumbers, (z) => Number(z === mobileIon)));
    const order = [...atomicNumbers].sort(compareElements); // of a formula: the anion is last
    const place = graph.node('Mul', [
      perElement(Float64Array.from(atomicNumbers, (z) => 1 + order.indexOf(z))),
      present,
    ]);
    const isAnion = graph.cast(graph.node('Equal', [place, largest(place)]), 'double');
    return [
      sum(present),
      power(sum(power(this.fractions, 2)), 1 / 2),
      power(sum(power(this.fractions, 3)), 1 / 3),
      largest(this.fractions),
      sum(graph.node('Mul', [this.fractions, isMobile])),
      sum(graph.node('Mul', [this.fractions, isAnion])),
    ];
  }
}
