import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpaceFile } from '../../../local/shipped/spaces.ts';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { readBytes, readBytesSync } from '../../../shared/io/store/files.ts';
import { fileInputs, storeInputs } from '../../../shared/io/store/inputs.ts';
import { MAX_WHOLE } from '../../../shared/limits.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ionsieve-whole-'));
  await writeFile(join(directory, 'ten'), '0123456789');
  await writeFile(join(directory, 'huge'), '');
  await truncate(join(directory, 'huge'), MAX_WHOLE + 1); // takes no room on the disk
});
afterAll(() => rm(directory, { recursive: true }));

describe('a file that is read as a whole', () => {
  it('has all its bytes, up to the limit', async () => {
    const path = join(directory, 'ten');
    expect(Buffer.from(await readBytes(path, 10)).toString()).toBe('0123456789');
    expect(readBytesSync(path, 10).toString()).toBe('0123456789');
  });

  it('is refused beyond the limit', async () => {
    const path = join(directory, 'ten');
    const message = `${path}: it has more than 9 bytes, and is to be read as a whole. Check that it is the file that is meant`;
    await expect(readBytes(path, 9)).rejects.toThrow(message);
    expect(() => readBytesSync(path, 9)).toThrow(message);
  });

  it('is refused where it has no end', async () => {
    const message = '/dev/zero: it has more than 1000 bytes';
    await expect(readBytes('/dev/zero', 1000)).rejects.toThrow(message);
    expect(() => readBytesSync('/dev/zero', 1000)).toThrow(message);
    expect(() => openSpaceFile('/dev/zero')).toThrow('/dev/zero: it has more than 67108864 bytes');
  });

  it('is refused as an input, of a directory and of a store', async () => {
    const message = `huge: it has more than ${MAX_WHOLE} bytes`;
    const inputs = storeInputs(new DirectoryStore(directory));
    await expect(fileInputs.read(join(directory, 'huge'))).rejects.toThrow(message);
    await expect(inputs.read('huge')).rejects.toThrow(message);
    await expect(inputs.find('huge')).rejects.toThrow(message);
  });
});
