// `distill --labels FILE --out FILE` with settings that take a second instead of minutes.
import { readFileSync } from 'node:fs';
import { distillFrom } from '../../dist/cli/models/distill.js';
import { DISTILL_DEFAULTS } from '../../dist/shared/student/distill-options.js';
import { prepareTrainingSet } from '../../dist/shared/student/training-set.js';

const [, , labels, teacher, out] = process.argv;
const read = (file) => ({ file, text: readFileSync(file, 'utf8') });
const training = { ...DISTILL_DEFAULTS.training, size: { encoder: 8, first: 8, second: 8 }, steps: 300, batch: 64 };
const settings = {
  ...DISTILL_DEFAULTS,
  made: 300,
  neutral: 100,
  forest: { ...DISTILL_DEFAULTS.forest, trees: 30 },
  training,
};
await distillFrom(prepareTrainingSet(read(labels), read(teacher), 1, settings), { out, workers: 1 });
