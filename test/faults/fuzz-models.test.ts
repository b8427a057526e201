import { openCommittee } from '../../shared/models/committee-session.ts';
import { openStudent } from '../../shared/models/student-session.ts';
import { randomCommittee } from '../random-committee.ts';
import { randomStudent } from '../random-student.ts';
import { fuzz } from './fuzz.ts';

const WORDS = ['Gemm', 'MatMul', 'Gather', 'Reshape', 'Loop', 'elements', 'amounts', 'logit', '\u0008\u0001'];

fuzz({
  name: 'student that is run',
  inputs: 6_000,
  corpus: [randomStudent(['Li', 'O', 'S'], 1, { encoder: 4, first: 4, second: 4 })],
  words: WORDS,
  read: async (bytes) => {
    const student = await openStudent(bytes, 'student.onnx');
    await student.release();
    return student.metadata;
  },
  problem: ({ symbols }) => (symbols.length > 0 ? undefined : 'it knows no element'),
});

fuzz({
  name: 'committee that is run',
  inputs: 2_000,
  corpus: [randomCommittee(['Li', 'O', 'S'])],
  words: [...WORDS, 'TreeEnsembleRegressor', 'probability_mean'],
  read: async (bytes) => {
    const committee = await openCommittee(bytes, 'committee.onnx');
    await committee.release();
    return committee.metadata;
  },
  problem: ({ symbols }) => (symbols.length > 0 ? undefined : 'it knows no element'),
});
