import { answerItems } from '../local/threads/pool.ts';
import { runStudyJob } from './jobs.ts';

answerItems(runStudyJob);
