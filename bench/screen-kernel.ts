import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { openStudent, type StudentSession } from '../shared/onnx/student-session.ts';
import { Screener } from '../shared/screen/screen-chunk.ts';
import { buildSpace } from '../shared/space/space.ts';
import { parseSpace } from '../shared/space/space-file.ts';

/*
 * Compositions per second of one core: the whole kernel, and within it the calls of the student alone.
 * node dist/bench/screen-kernel.js [space file] [student file] [compositions]
 */
const [spaceFile = 'data/spaces/ionic-quinary.json', studentFile = 'models/student.onnx', wanted = '2e7'] =
  process.argv.slice(2);

/** Seconds of processor time that this process has used: unlike the clock, it does not count what others do. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The same session, with the time that its calls take added up. */
function timed(session: StudentSession): StudentSession & { seconds: number; calls: number } {
  return {
    ...session,
    seconds: 0,
    calls: 0,
    async logits(...inputs) {
      const start = processorSeconds();
      const logits = await session.logits(...inputs);
      this.seconds += processorSeconds() - start;
      this.calls++;
      return logits;
    },
  };
}

const space = buildSpace(parseSpace(readFileSync(spaceFile, 'utf8'), spaceFile));
const student = timed(await openStudent(readFileSync(studentFile), studentFile, 1));
const screener = new Screener(space, student, { top: 1000, perSystem: 3 });
// a stretch of whole classes from the middle of the space, where the largest arity prevails
const first = space.classes.findIndex(({ offset }) => offset >= space.compositions / 2);
const last = space.classes.findIndex(({ offset }) => offset >= space.classes[first].offset + Number(wanted));
const start = space.classes[first].offset;
const end = last < 0 ? space.compositions : space.classes[last].offset;
for (const round of ['warm-up', 'measured']) {
  student.seconds = 0;
  student.calls = 0;
  const begin = processorSeconds();
  const { screened } = await screener.screen({ chunk: 0, start, end }, '0'.repeat(20), () => undefined);
  const seconds = processorSeconds() - begin;
  process.stdout.write(
    `${round}: ${screened} compositions, ${(screened / student.calls).toFixed(0)} a call; ` +
      `kernel ${(screened / seconds / 1e6).toFixed(2)}e6/s, student alone ${(screened / student.seconds / 1e6).toFixed(2)}e6/s, ` +
      `outside of it ${(100 * (1 - student.seconds / seconds)).toFixed(1)} %\n`,
  );
}
process.stdout.write(`${cpus()[0].model}, Node ${process.version}, ${process.arch}\n`);
