import { searchSubsets } from '../shared/teacher/choose-features.ts';
import { answerJob } from './answer-job.ts';

await answerJob(searchSubsets);
