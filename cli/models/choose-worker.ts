import { answerJob } from '../../local/threads/answer-job.ts';
import { searchSubsets } from '../../shared/teacher/choose-features.ts';

await answerJob(searchSubsets);
