/** Which keys of the bucket a function may reach; `*` stands for any text, with slashes. */
export interface StorageAccess {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Prefixes whose keys may be listed; without it S3 answers 403 instead of 404 for an absent key. */
  readonly list: readonly string[];
}

export const FUNCTION_NAMES = [
  'plan',
  'screen-chunk',
  'reduce',
  'compare',
  'split-dataset',
  'label-shard',
  'collect-labels',
  'train',
  'assess',
  'promote',
  'trigger',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

const TEACHER = 'teacher/teacher.json';
const LABELS = 'labels/labels.csv.gz';
const POINTER = 'models/current.json';
/** Their hashes are part of the id of a run. */
const COMPANIONS = ['models/students/*/committee.onnx', 'models/students/*/labels.csv.gz'];

/** What the handlers read, write and list: the least that they work with. */
export const STORAGE_ACCESS: Readonly<Record<FunctionName, StorageAccess>> = {
  plan: {
    read: ['spaces/*', 'models/*', 'datasets/*', 'runs/*'],
    write: ['runs/*'],
    list: ['spaces/*', 'models/*', 'datasets/*', 'runs/*'],
  },
  'screen-chunk': { read: ['runs/*', 'datasets/*'], write: ['runs/*/chunks/*'], list: ['runs/*', 'datasets/*'] },
  reduce: { read: ['runs/*'], write: ['runs/*'], list: ['runs/*'] },
  compare: {
    read: ['runs/*', 'history/*'],
    write: ['runs/*/comparison.*', 'history/*'],
    list: ['runs/*', 'history/*'],
  },
  'split-dataset': {
    read: ['datasets/*', TEACHER, LABELS],
    write: ['retrain/*'],
    list: ['datasets/*', 'teacher/*', 'labels/*'],
  },
  'label-shard': { read: ['datasets/*', 'retrain/*'], write: ['retrain/*'], list: ['datasets/*', 'retrain/*'] },
  'collect-labels': { read: ['retrain/*'], write: ['retrain/*'], list: ['retrain/*'] },
  train: { read: ['retrain/*'], write: ['retrain/*'], list: ['retrain/*'] },
  assess: {
    read: ['retrain/*', 'models/*', TEACHER, LABELS],
    write: ['retrain/*', 'models/students/*'],
    list: ['retrain/*', 'models/*', 'teacher/*', 'labels/*'],
  },
  promote: {
    read: ['retrain/*', 'models/*', TEACHER, LABELS],
    write: [POINTER, LABELS],
    list: ['retrain/*', 'models/*', 'teacher/*', 'labels/*'],
  },
  trigger: {
    read: ['spaces/*', TEACHER, POINTER, ...COMPANIONS, 'datasets/*/READY', 'runs/*'],
    write: [],
    list: ['spaces/*', 'teacher/*', 'models/*', 'datasets/*', 'runs/*'],
  },
};
