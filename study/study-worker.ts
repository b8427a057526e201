import { answerJob } from '../local/threads/answer-job.ts';
import { runStudyJob } from './jobs.ts';

await answerJob(runStudyJob);
