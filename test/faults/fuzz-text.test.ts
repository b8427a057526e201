import { readFileSync } from 'node:fs';
import { parseEvent } from '../../functions/events.ts';
import { OPTION_FIELDS } from '../../functions/run-request.ts';
import { parseFormula } from '../../shared/chemistry/formula.ts';
import { parseCriteria } from '../../shared/criteria/criteria.ts';
import { parseObelix } from '../../shared/import/obelix.ts';
import { readPage } from '../../shared/import/optimade-page.ts';
import { sealJson } from '../../shared/io/store/sealed-json.ts';
import { parseConductivities } from '../../shared/labels/conductivities.ts';
import { formatLabels, parseLabels, parseQuarantine } from '../../shared/labels/labels-file.ts';
import { mergeMeasurements, parseMeasurements } from '../../shared/labels/measurements.ts';
import { decodeCurrentStudent, encodeCurrentStudent, studentKey } from '../../shared/models/current-student.ts';
import { decodeRunRecord, encodeRunRecord } from '../../shared/runs/run-plan.ts';
import { runOptions } from '../../shared/screen/run-options.ts';
import { fields } from '../../shared/shape.ts';
import { classesFromJson, classesToJson } from '../../shared/space/space.ts';
import { canonicalSpaceJson, parseSpace } from '../../shared/space/space-file.ts';
import { parseDistillSettings } from '../../shared/student/distill-options.ts';
import { formatTeacher, parseTeacher, teacherProbability } from '../../shared/teacher/teacher.ts';
import { SHIPPED_TEACHER } from '../small-labels.ts';
import { fuzz } from './fuzz.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
/** A value that came as JSON; what is none never came. */
function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text(bytes));
  } catch {
    return undefined;
  }
}

const CSV_WORDS = [
  ',',
  '"',
  '""',
  '\n',
  '\r\n',
  '\r',
  '\ufeff',
  '__proto__',
  '<',
  '>=',
  '≤',
  'e',
  ' ',
  ';',
  '\0',
  '\t',
];
const spaceFile = (name: string): string =>
  readFileSync(new URL(`../../data/spaces/${name}.json`, import.meta.url), 'utf8');
const differs = (one: unknown, other: unknown): string | undefined =>
  JSON.stringify(one) === JSON.stringify(other) ? undefined : 'it is another one when written and read again';

fuzz({
  name: 'labels',
  inputs: 60_000,
  corpus: [
    'id,formula,anion,llb,sbi,afc,lasd,llsd,probability\nmp-1,Li2O,O,1,2,3,2.1,3,0.5\nmp-2,LiCl,Cl,0,1.5,12,2.5,3.6,0.01\n',
    'id,formula,anion,extra,probability\n"a,""b""",LiF,F,,1e-3\r\nb,Li6PS5Cl,S,x,1\r\n',
  ],
  words: CSV_WORDS,
  read: (bytes) => parseLabels(text(bytes), 'labels.csv'),
  problem: (labels) => {
    if (!labels.every(({ probability }) => probability >= 0 && probability <= 1)) return 'a probability is none';
    for (const { formula } of labels) parseFormula(formula);
    const written = formatLabels(labels);
    return written === formatLabels(parseLabels(written, 'again.csv')) ? undefined : 'it is another when written';
  },
});

fuzz({
  name: 'skipped structures',
  inputs: 20_000,
  corpus: ['id,reason,detail\nmp-1,no Li,"a, b"\n'],
  words: CSV_WORDS,
  read: (bytes) => parseQuarantine(text(bytes), 'skipped.csv'),
});

const anyLithium = { mobileIon: 3, knows: () => true };

fuzz({
  name: 'measurements',
  inputs: 80_000,
  corpus: [
    'formula,conductivity_S_per_cm\nLi3PS4,1.2e-4\nLi2S,<1e-10\nLi7La3Zr2O12,>=3e-4\n',
    'Reduced Composition,log10 sigma (mS/cm),note\n"Li10Ge(PS6)2",1.08,x\nLiCl,-6,\n',
    'composition,σ / µS·cm^-1\nLi3N,1.\n',
  ],
  words: [...CSV_WORDS, 'S/cm', 'S_per_m', 'log', 'S____', '(nS cm−1)', '1111111'],
  read: (bytes) => mergeMeasurements(parseMeasurements(text(bytes), 'measured.csv', anyLithium), 'measured.csv'),
  problem: (measured) =>
    measured.length > 0 && measured.every(({ log10, measurements }) => Number.isFinite(log10) && measurements > 0)
      ? undefined
      : 'a conductivity is not finite',
});

fuzz({
  name: 'conductivities',
  inputs: 50_000,
  corpus: [
    'id,conductivity_S_per_cm\nmp-1 mp-2,1e-3\nmp-3,<1e-8\n',
    'mp_ids,cif_id,sigma_RT_S_per_cm\na b,,2\n,c,1e-9\n',
  ],
  words: CSV_WORDS,
  read: (bytes) => parseConductivities(text(bytes), 'train.csv', 1e-4),
  problem: (rows) => (rows.length > 0 ? undefined : 'nothing was read'),
});

fuzz({
  name: 'table of OBELiX',
  inputs: 50_000,
  corpus: [
    'ID,Reduced Composition,Ionic conductivity (S cm-1),Family,DOI,Cif ID\nab1,Li3PS4,1e-4,thio,10.1/x,done\nab2,Li2O,<1e-10,,,\n',
  ],
  words: CSV_WORDS,
  read: (bytes) => parseObelix(text(bytes), 'train.csv'),
  problem: ({ measurements }) =>
    measurements.every(({ id }) => /^[\w-]+$/.test(id)) ? undefined : 'an id leads out of its folder',
});

fuzz({
  name: 'space file',
  inputs: 60_000,
  corpus: ['small', 'sodium', 'ionic-quinary'].map(spaceFile),
  json: true,
  words: ['"Li"', ',', '[', ']', '{', '}', '"oxidationStates": {"Fe": [2, 3]},', '1e400', 'null', '-0'],
  read: (bytes) => parseSpace(text(bytes), 'space.json'),
  problem: (space) => {
    const written = canonicalSpaceJson(space);
    return differs(written, canonicalSpaceJson(parseSpace(written, 'again.json')));
  },
});

fuzz({
  name: 'teacher file',
  inputs: 50_000,
  corpus: [
    readFileSync(SHIPPED_TEACHER, 'utf8'),
    readFileSync(new URL('../../models/teacher-sodium.json', import.meta.url), 'utf8'),
  ],
  json: true,
  read: (bytes) => parseTeacher(text(bytes), 'teacher.json'),
  problem: (teacher) => {
    const probability = teacherProbability(teacher, Object.fromEntries(teacher.features.map(({ name }) => [name, 1])));
    if (!(probability >= 0 && probability <= 1)) return `its probability is ${probability}`;
    return differs(teacher, parseTeacher(formatTeacher(teacher), 'again.json'));
  },
});

fuzz({
  name: 'criteria and options of a run',
  inputs: 50_000,
  corpus: [
    '{"top":10,"perSystem":2,"criteria":{"exclude":["toxic","Fe"],"require":["S"],"maxUsdPerKg":20,"minLithiumMassPercent":1}}',
    '{"rankBy":"mean","finalists":1000,"criteria":{}}',
    '{"prune":true}',
  ],
  json: true,
  read: (bytes) => runOptions(parseEvent(fields(OPTION_FIELDS), json(bytes), 'plan'), 'event of plan'),
  problem: (options) => {
    if (!(options.top > 0 && options.perSystem > 0)) return 'limits are not positive';
    return differs(options.criteria, options.criteria && parseCriteria(options.criteria, 'again'));
  },
});

fuzz({
  name: 'settings of a distillation',
  inputs: 30_000,
  corpus: ['{}', '{"network":{"first":8}}', '{"seed":2,"epochs":3}'],
  json: true,
  read: (bytes) => parseDistillSettings(text(bytes), 'DISTILL_SETTINGS'),
});

const HASH = 'ab'.repeat(32);

/** Give what is an object the hash that it has now. */
function seal(bytes: Uint8Array): Uint8Array {
  try {
    return sealJson(Object(JSON.parse(text(bytes))));
  } catch {
    return bytes;
  }
}

fuzz({
  name: 'pointer to the student in use',
  inputs: 40_000,
  corpus: [
    encodeCurrentStudent({
      student: studentKey(HASH, 'student.onnx'),
      hash: HASH,
      teacherHash: HASH,
      labelsHash: HASH,
      averagePrecision: 0.7,
      previous: null,
    }),
  ],
  json: true,
  mend: seal,
  read: (bytes) => decodeCurrentStudent(bytes, 'current.json'),
  problem: (current) => (current.student.includes('..') ? 'its key leads elsewhere' : undefined),
});

const RUN = {
  format: 4,
  runId: '0123456789abcdef0123',
  space: JSON.parse(spaceFile('small')),
  student: { name: 's.onnx', hash: HASH, threshold: 0.5 },
  companions: { committee: { absent: 'x' }, labels: { hash: HASH }, measured: { absent: 'y' } },
  options: { top: 10, perSystem: 3, rankBy: 'student', criteria: { exclude: ['toxic'] } },
  counts: { compositions: 100, chunks: 2 },
  costEstimate: { lambda: 1, stepFunctions: 0, s3: 0, total: 1, vcpuSeconds: 9 },
  files: { 'chunks.json': HASH },
};

fuzz({
  name: 'record of a run',
  inputs: 50_000,
  corpus: [sealJson(RUN)],
  json: true,
  mend: seal,
  read: (bytes) => decodeRunRecord(bytes, 'run.json'),
  problem: (record) => differs(record.options, decodeRunRecord(encodeRunRecord(record), 'again.json').options),
});

fuzz({
  name: 'classes of a space',
  inputs: 30_000,
  corpus: [
    classesToJson({
      classes: [
        { splits: [[[1], [-2]]], systems: 3, stoichiometries: 2, arity: 2, systemsOffset: 0 },
        { splits: [[[1], [2, 3], [-2]]], systems: 30, stoichiometries: 9, arity: 3, systemsOffset: 0 },
      ] as unknown as Parameters<typeof classesToJson>[0]['classes'],
    }),
  ],
  json: true,
  read: (bytes) => classesFromJson(text(bytes), 'classes.json'),
  problem: (classes) => (classes.every(({ systems }) => systems > 0) ? undefined : 'a class is empty'),
});

fuzz({
  name: 'page of a provider',
  inputs: 40_000,
  corpus: [
    '{"data":[{"id":"a","type":"structures","attributes":{"nsites":1}}],"links":{"next":"/v1/structures?page=2"},"meta":{"api_version":"1.1.0","data_returned":7,"more_data_available":true,"provider":{"name":"x"}}}',
    '{"data":[],"links":{"next":{"href":"http://example.org/v1/structures?p=2"}},"meta":{}}',
  ],
  json: true,
  read: (bytes) => readPage(json(bytes), new URL('https://example.org/v1/structures'), 1),
  problem: ({ next }) => (next === undefined || next.host === 'example.org' ? undefined : `next is ${next}`),
});
