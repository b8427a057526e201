import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What Linux says of a process. */
export interface ProcessState {
  readonly memoryMB: number; // resident, of all its threads
  readonly peakMB: number; // the most that was ever resident
  readonly handles: number; // open file descriptors
  readonly threads: number;
  readonly cpuSeconds: number; // of all its threads, in user and kernel mode, since its start
}

/** Units of processor time in `/proc`, of which Linux has a hundred a second on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Look at a process from outside.
 *
 * @param proc where the kernel shows processes
 * @returns undefined if it has ended
 * @see proc_pid_stat(5), proc_pid_status(5), proc_pid_fd(5)
 */
export async function readProcess(pid: number, proc = '/proc'): Promise<ProcessState | undefined> {
  const folder = join(proc, String(pid));
  try {
    const [stat, status, handles] = await Promise.all([
      readFile(join(folder, 'stat'), 'latin1'),
      readFile(join(folder, 'status'), 'latin1'),
      readdir(join(folder, 'fd')),
    ]);
    return parseProcess(stat, status, handles.length);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** @returns undefined of a process that has ended and waits to be reaped: it has no memory */
export function parseProcess(stat: string, status: string, handles: number): ProcessState | undefined {
  // the name of the program stands in brackets and may have blanks and brackets itself; the third field follows it
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  const megabytes = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
    return found === null ? undefined : (Number(found[1]) * 1024) / 1e6;
  };
  const [memoryMB, peakMB] = [megabytes('VmRSS'), megabytes('VmHWM')];
  if (memoryMB === undefined || peakMB === undefined) return undefined;
  return { memoryMB, peakMB, handles, threads: field(20), cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND };
}
