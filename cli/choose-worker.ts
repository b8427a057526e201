import { parentPort, workerData } from 'node:worker_threads';
import { type SubsetRanking, type SubsetSearch, searchSubsets } from '../shared/teacher/choose-features.ts';
import type { JobAnswer } from './worker-jobs.ts';

function run(search: SubsetSearch): JobAnswer<SubsetRanking> {
  try {
    return { result: searchSubsets(search) };
  } catch (error) {
    const { name, message } = error as Error;
    return { failure: { name, message } };
  }
}

parentPort?.postMessage(run(workerData as SubsetSearch));
