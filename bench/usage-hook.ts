import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** What a process tells of itself when it ends. */
export interface Usage {
  readonly cpuSeconds: number; // of all its threads
  readonly peakMB: number; // of resident memory
}

const USAGE_FILE = 3; // descriptor that whoever starts the process reads

// loaded before a measured script, in its threads as well
if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage: Usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMB: (maxRSS * 1024) / 1e6 };
    writeSync(USAGE_FILE, JSON.stringify(usage));
  });
