import * as v from 'valibot';
import type { Criteria } from '../criteria/criteria.ts';
import type { Companion } from '../models/companions.ts';
import { CRITERION_SHAPES, OPTION_SHAPES } from '../screen/option-shapes.ts';
import type { RunOptions } from '../screen/run-options.ts';
import { fields, finite, integer, listOf, recordOf, type Shape, text } from '../shape.ts';
import type { ListRecord } from '../sources/source.ts';

/** What a run's files say of its student. */
export const STUDENT = fields({ name: text, hash: text, threshold: finite });

/** What they say of a companion. */
export const COMPANION: Shape<Companion> = v.union(
  [fields({ hash: text }), fields({ absent: text })],
  'an object with the hash of a companion, or with the reason why it is absent',
);

/** What they say of the list that is screened. */
export const LIST: Shape<ListRecord> = fields({
  name: text,
  files: listOf(fields({ name: text, sheet: v.exactOptional(text), rows: integer(), sha256: text })),
});

const { top, perSystem, rankBy, finalists } = OPTION_SHAPES;
const { exclude, require, maxUsdPerKg, minLithiumMassPercent } = CRITERION_SHAPES;

const CRITERIA: Shape<Criteria> = fields({
  exclude: v.exactOptional(exclude),
  require: v.exactOptional(require),
  maxUsdPerKg: v.exactOptional(maxUsdPerKg),
  minLithiumMassPercent: v.exactOptional(minLithiumMassPercent),
});

/** Options of a run as `runOptions` gave them. */
export const COMPLETE_OPTIONS: Shape<RunOptions> = fields({
  top,
  perSystem,
  criteria: v.exactOptional(CRITERIA),
  rankBy,
  finalists: v.exactOptional(finalists),
  prune: v.exactOptional(v.literal(true, 'true')),
});

/** `run.json` in this format; `pruning` is there if the options ask for it, and only then. */
export function runRecord(format: number) {
  const record = fields({
    format: v.literal(format, `the format ${format} of this version`),
    runId: text,
    space: v.exactOptional(v.unknown()),
    list: v.exactOptional(LIST),
    student: STUDENT,
    companions: fields({ committee: COMPANION, labels: COMPANION, measured: v.exactOptional(COMPANION) }),
    options: COMPLETE_OPTIONS,
    pruning: v.exactOptional(fields({ threshold: v.nullable(finite), work: integer() })),
    counts: fields({
      compositions: integer(),
      chunks: integer(),
      systems: v.exactOptional(integer()),
      classes: v.exactOptional(integer()),
      files: v.exactOptional(integer()),
    }),
    costEstimate: fields({ lambda: finite, stepFunctions: finite, s3: finite, total: finite, vcpuSeconds: finite }),
    files: recordOf(text),
  });
  const fitsOptions = v.check<v.InferOutput<typeof record>, string>(
    ({ options, pruning }) => (options.prune === true) === (pruning !== undefined),
    'what options.prune asks for',
  );
  return v.pipe(record, v.forward(fitsOptions, ['pruning']));
}
