import { answerItems } from '../../local/threads/pool.ts';
import { searchSubsets } from '../../shared/teacher/choose-features.ts';

answerItems(searchSubsets);
