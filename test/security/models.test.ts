import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openStudent, readStudentMetadata } from '../../shared/models/student-session.ts';
import { DATA_LOCATION, DATA_TYPE, decodeModel, encodeModel, type Graph } from '../../shared/onnx/onnx-model.ts';

const SHIPPED = readFileSync(new URL('../../models/student.onnx', import.meta.url));

/** The shipped student, changed. */
function changed(change: (graph: Graph) => void): Uint8Array {
  const model = decodeModel(SHIPPED);
  change(model.graph!);
  return encodeModel(model);
}

const external = [{ key: 'location', value: '../../etc/passwd' }];

describe('a student from somebody else is refused before ONNX Runtime reads it', () => {
  it.each([
    [
      'data of W in another file',
      changed(({ initializer }) => {
        const { dims = [], dataType = DATA_TYPE.FLOAT } = initializer![0];
        const dataLocation = DATA_LOCATION.EXTERNAL;
        initializer![0] = { name: 'W', dims, dataType, dataLocation, externalData: external };
      }),
    ],
    [
      'data of Constant in another file',
      changed(({ node }) => {
        const t = { dataType: 1, dims: [1], externalData: external };
        node!.push({ opType: 'Constant', output: ['c'], attribute: [{ name: 'value', type: 4, t }] });
      }),
    ],
    [
      'the operator Loop',
      changed(({ node }) => {
        const body = { name: 'body', type: 5, g: Buffer.from([18, 1, 103]) };
        node!.push({ opType: 'Loop', input: ['', ''], output: ['l'], attribute: [body] });
      }),
    ],
  ])('if it has %s', async (part, bytes) => {
    const message = `hostile.onnx: the model is refused: it has ${part}, which no such model needs`;
    expect(() => readStudentMetadata(bytes, 'hostile.onnx')).toThrow(message);
    await expect(openStudent(bytes, 'hostile.onnx')).rejects.toThrow(message);
  });

  it('if its graphs are nested without end', () => {
    const pieces: Buffer[] = [];
    let length = 0;
    for (let depth = 0; depth < 20_000; depth++)
      for (const field of [6, 5, 1]) length += pieces[pieces.push(header(field, length)) - 1].length; // graph, attribute, node
    const bytes = Buffer.concat([header(7, length), ...pieces.reverse()]);
    expect(() => readStudentMetadata(bytes, 'deep.onnx')).toThrow('deep.onnx: the model is refused');
  });
});

/** Tag and length of a field of bytes in protobuf. */
function header(field: number, length: number): Buffer {
  const bytes = [(field << 3) | 2];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
