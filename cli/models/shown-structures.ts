import { type ReadStream, statSync } from 'node:fs';
import type { ByteSource } from '../../shared/io/store/byte-source.ts';
import { formatCount } from '../../shared/report/page/words.ts';
import { readStructures, type StructureResult } from '../../shared/structure/formats/read-structures.ts';
import { Progress } from '../terminal/progress.ts';
import { detail, note } from '../terminal/terminal.ts';

/**
 * Read structures and show how far that is; see `readStructures`. Files of folders that are passed over are counted, and named
 * if asked to be verbose. The signal stops it between two structures.
 */
export async function* shownStructures(
  paths: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<StructureResult> {
  const files = new WatchedFiles();
  let done = 0;
  const work = { did: 'read', unit: 'structures' };
  const progress = new Progress(process.stderr, work, () => ({ done, share: files.share() }));
  try {
    for await (const result of readStructures(paths, {
      watch: (source) => files.watch(source),
      onPassedOver: tellPassedOver,
    })) {
      signal?.throwIfAborted();
      yield result;
      done++;
    }
  } finally {
    progress.stop();
  }
}

function tellPassedOver(folder: string, names: readonly string[]): void {
  const files = names.length === 1 ? '1 file' : `${formatCount(names.length)} files`;
  note(`${files} in ${folder} passed over: the names tell no structure format`);
  for (const name of names) detail(`passed over: ${name}`);
}

/** How much of files is read, by their bytes: nobody knows how many structures they have. */
class WatchedFiles {
  private total = 0; // bytes
  private before = 0; // bytes of files that were left behind
  private current: ReadStream | undefined;

  watch(source: ByteSource): ByteSource {
    this.total += statSync(source.name, { throwIfNoEntry: false })?.size ?? 0;
    return {
      name: source.name,
      open: () => {
        this.before += this.current?.bytesRead ?? 0;
        const stream = source.open();
        this.current = stream as ReadStream; // what fileSource opens
        return stream;
      },
    };
  }

  /** 0 to 1; undefined while nothing is read. */
  share(): number | undefined {
    const read = this.before + (this.current?.bytesRead ?? 0);
    return this.total === 0 || read === 0 ? undefined : Math.min(1, read / this.total);
  }
}
