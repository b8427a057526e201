import { describe, expect, it } from 'vitest';
import { bounded, type Known } from '../../shared/onnx/shape-bounds.ts';

const of = (...shape: number[]): Known => ({ shape });
const list = (...integers: number[]): Known => ({ shape: [integers.length], integers });
const text = (equation: string): number[] => [...Buffer.from(equation)];

describe('the shape of what an operator gives', () => {
  it.each<[string, Known[], Record<string, number[]>, number[] | undefined]>([
    ['Add', [of(4, 1, 3), of(5, 1)], {}, [4, 5, 3]],
    ['Relu', [of(4, 3)], {}, [4, 3]],
    ['NeverHeardOf', [of(4, 3), of(1)], {}, [4, 3]],
    ['MatMul', [of(7, 4, 3), of(3, 5)], {}, [7, 4, 5]],
    ['Gemm', [of(3, 4), of(5, 3)], { transA: [1], transB: [1] }, [4, 5]],
    ['Einsum', [of(6, 3), of(7, 3, 8)], { equation: text('vk, skh -> svh') }, [7, 6, 8]],
    ['Einsum', [of(6, 3)], { equation: text('...k->k...') }, undefined],
    ['Gather', [of(9, 2), of(4, 3)], {}, [4, 3, 2]],
    ['Gather', [of(9, 2), of(4)], { axis: [-1] }, [9, 4]],
    ['OneHot', [of(4, 3), list(50)], {}, [4, 3, 50]],
    ['OneHot', [of(4, 3), of(1)], {}, undefined],
    ['Concat', [of(4, 3), of(4, 2)], { axis: [1] }, [4, 5]],
    ['Concat', [of(4, 3)], { axis: [7] }, undefined],
    ['Reshape', [of(4, 6), list(0, -1, 2)], {}, [4, 3, 2]],
    ['Reshape', [of(4, 6), of(2)], {}, [24]],
    ['ReduceSum', [of(4, 6), list(1)], {}, [4, 1]],
    ['ReduceMax', [of(4, 6)], { axes: [-1], keepdims: [0] }, [4]],
    ['ReduceMean', [of(4, 6)], {}, [1, 1]],
    ['Unsqueeze', [of(4, 6), list(0, 3)], {}, [1, 4, 6, 1]],
    ['Squeeze', [of(1, 4, 1)], {}, [4]],
    ['Transpose', [of(4, 6, 2)], { perm: [1, 0, 2] }, [6, 4, 2]],
    ['Slice', [of(4, 6), list(0), list(2)], {}, [4, 6]],
    ['Expand', [of(4, 1), list(1, 6)], {}, [4, 6]],
    ['Expand', [of(4, 1), of(2)], {}, undefined],
    ['Tile', [of(4, 2), list(3, 2)], {}, [12, 4]],
    ['ConstantOfShape', [list(4, 2)], {}, [4, 2]],
    ['TreeEnsemble', [of(4, 9)], { n_targets: [100] }, [4, 100]],
  ])('%s of %j with %j is %j', (type, inputs, attributes, shape) => {
    expect(bounded(type, inputs, new Map(Object.entries(attributes)))?.shape).toEqual(shape);
  });

  it('is followed through the integers that shapes are made of', () => {
    const run = (type: string, inputs: Known[], axis?: number): Known =>
      bounded(type, inputs, new Map(axis === undefined ? [] : [['axis', [axis]]])) as Known;
    const rows = run('Slice', [run('Shape', [of(64, 8)]), list(0), list(1)]);
    const target = run('Concat', [rows, list(-1)], 0);
    expect(target.integers).toEqual([64, -1]);
    expect(run('Reshape', [of(32, 64, 4), target]).shape).toEqual([64, 128]);
    expect(bounded('Cast', [list(-1)], new Map([['to', [12]]]))?.integers).toBeUndefined(); // unsigned: 4,294,967,295
    expect(run('Gather', [run('Shape', [of(64, 8)]), list(1, -2)]).integers).toEqual([8, 64]);
  });
});
