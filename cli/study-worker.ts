import { runStudyJob } from '../shared/study/jobs.ts';
import { answerJob } from './answer-job.ts';

await answerJob(runStudyJob);
