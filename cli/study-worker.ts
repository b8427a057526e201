import { parentPort, workerData } from 'node:worker_threads';
import { runStudyJob, type StudyJob, type StudyJobResult } from '../shared/study/jobs.ts';
import type { JobAnswer } from './worker-jobs.ts';

const answer: JobAnswer<StudyJobResult> = await runStudyJob(workerData as StudyJob).then(
  (result) => ({ result }),
  ({ name, message }: Error) => ({ failure: { name, message } }),
);
parentPort?.postMessage(answer);
