import type { GraphBuilder, Value } from './graph.ts';

/** A value of known shape on a {@link Tape}. */
export interface Variable {
  readonly value: Value;
  readonly shape: readonly number[];
  readonly tracked: boolean; // whether it depends on a parameter, so that its gradient is needed
}

/** Adds the gradients of a node's inputs, given that of its output. */
type Backward = (gradient: Value) => void;

/**
 * Records float32 operations in an ONNX graph and appends their reverse-mode gradients, so that a training step is a
 * graph that ONNX Runtime runs at native speed. Shapes are static; broadcasting follows ONNX.
 */
export class Tape {
  readonly graph: GraphBuilder;
  private readonly steps: { readonly output: Value; readonly backward: Backward }[] = [];
  private readonly gradientOf = new Map<Value, Value>();

  constructor(graph: GraphBuilder) {
    this.graph = graph;
  }

  /** A value of the graph whose gradient is not needed. */
  data(value: Value, shape: readonly number[]): Variable {
    return { value, shape, tracked: false };
  }

  /** A graph input that gradients are taken with respect to. */
  parameter(name: string, shape: readonly number[]): Variable {
    return { value: this.graph.input(name, 'float', shape), shape, tracked: true };
  }

  private record(value: Value, inputs: readonly Variable[], shape: readonly number[], backward: Backward): Variable {
    this.steps.push({ output: value, backward });
    return { value, shape, tracked: inputs.some((input) => input.tracked) };
  }

  /** Matrix product of a (m, n) and b (n, p). */
  matmul(a: Variable, b: Variable): Variable {
    return this.record(this.graph.node('MatMul', [a.value, b.value]), [a, b], [a.shape[0], b.shape[1]], (gradient) => {
      this.accumulate(a, () => this.graph.node('MatMul', [gradient, this.transpose(b.value)]));
      this.accumulate(b, () => this.graph.node('MatMul', [this.transpose(a.value), gradient]));
    });
  }

  /** a + b with broadcasting. */
  add(a: Variable, b: Variable): Variable {
    const shape = broadcast(a.shape, b.shape);
    return this.record(this.graph.node('Add', [a.value, b.value]), [a, b], shape, (gradient) => {
      this.accumulate(a, () => this.sumTo(gradient, shape, a.shape));
      this.accumulate(b, () => this.sumTo(gradient, shape, b.shape));
    });
  }

  /** a · b, element by element, with broadcasting. */
  multiply(a: Variable, b: Variable): Variable {
    const shape = broadcast(a.shape, b.shape);
    return this.record(this.graph.node('Mul', [a.value, b.value]), [a, b], shape, (gradient) => {
      this.accumulate(a, () => this.sumTo(this.graph.node('Mul', [gradient, b.value]), shape, a.shape));
      this.accumulate(b, () => this.sumTo(this.graph.node('Mul', [gradient, a.value]), shape, b.shape));
    });
  }

  /** Rows of a matrix; `rows` int64 (count,) may name one several times. */
  gather(a: Variable, rows: Value, count: number): Variable {
    const value = this.graph.node('Gather', [a.value, rows]);
    return this.record(value, [a], [count, a.shape[1]], (gradient) => {
      this.accumulate(a, () => {
        const zeros = this.graph.constant(a.shape, new Float32Array(a.shape[0] * a.shape[1]));
        const indices = this.graph.node('Unsqueeze', [rows, this.graph.integers([1], [1])]);
        return this.graph.node('ScatterND', [zeros, indices, gradient], { reduction: 'add' });
      });
    });
  }

  /** max(a, 0). */
  relu(a: Variable): Variable {
    return this.record(this.graph.node('Relu', [a.value]), [a], a.shape, (gradient) => {
      const zero = this.graph.constant([], [0]);
      const positive = this.graph.node('Greater', [a.value, zero]);
      this.accumulate(a, () => this.graph.node('Where', [positive, gradient, zero]));
    });
  }

  /** The same numbers in another shape. */
  reshape(a: Variable, shape: readonly number[]): Variable {
    const value = this.graph.node('Reshape', [a.value, this.graph.integers([shape.length], shape)]);
    return this.record(value, [a], shape, (gradient) => {
      const original = this.graph.integers([a.shape.length], a.shape);
      this.accumulate(a, () => this.graph.node('Reshape', [gradient, original]));
    });
  }

  /** Sum over one axis, which disappears. */
  sum(a: Variable, axis: number): Variable {
    const shape = a.shape.filter((_, i) => i !== axis);
    const value = this.graph.node('ReduceSum', [a.value, this.graph.integers([1], [axis])], { keepdims: 0 });
    return this.record(value, [a], shape, (gradient) => {
      const wide = this.graph.node('Unsqueeze', [gradient, this.graph.integers([1], [axis])]);
      const original = this.graph.integers([a.shape.length], a.shape);
      this.accumulate(a, () => this.graph.node('Expand', [wide, original]));
    });
  }

  /**
   * Append the backward pass.
   *
   * @param output the value that is differentiated
   * @param gradient d loss / d output, same shape
   * @returns for each parameter, the value that holds d loss / d parameter
   */
  gradients(output: Variable, gradient: Value, parameters: readonly Variable[]): Value[] {
    this.gradientOf.set(output.value, gradient);
    for (const step of this.steps.toReversed()) {
      const incoming = this.gradientOf.get(step.output);
      if (incoming !== undefined) step.backward(incoming);
    }
    return parameters.map(({ value }) => {
      const found = this.gradientOf.get(value);
      if (found === undefined) throw new RangeError(`the output does not depend on parameter ${value}`);
      return found;
    });
  }

  private accumulate({ value, tracked }: Variable, gradient: () => Value): void {
    if (!tracked) return;
    const before = this.gradientOf.get(value);
    this.gradientOf.set(value, before === undefined ? gradient() : this.graph.node('Add', [before, gradient()]));
  }

  private transpose(value: Value): Value {
    return this.graph.node('Transpose', [value], { perm: [1, 0] });
  }

  /** Undo a broadcast: sum the axes along which the operand was repeated. */
  private sumTo(gradient: Value, from: readonly number[], to: readonly number[]): Value {
    const added = from.length - to.length;
    const axes = from.flatMap((size, i) => (i < added || (to[i - added] === 1 && size !== 1) ? [i] : []));
    if (axes.length === 0) return gradient;
    const summed = this.graph.node('ReduceSum', [gradient, this.graph.integers([axes.length], axes)], { keepdims: 1 });
    return added === 0 ? summed : this.graph.node('Reshape', [summed, this.graph.integers([to.length], to)]);
  }
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new RangeError(`shapes (${a}) and (${b}) do not broadcast`);
    return Math.max(left, right);
  });
}
