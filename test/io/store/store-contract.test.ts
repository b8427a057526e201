import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../../shared/io/store/directory-store.ts';
import { storeContract } from './store-contract.ts';

const root = mkdtempSync(join(tmpdir(), 'ionsieve-contract-'));
afterAll(() => rmSync(root, { recursive: true }));
let stores = 0;
const open = (): DirectoryStore => new DirectoryStore(join(root, String(stores++)));

describe('a store over a directory', () => storeContract(open));

describe('a conditional write to a directory', () => {
  it('says who was not first apart from what cannot be written', async () => {
    const store = open();
    await store.put('file', new Uint8Array());
    await expect(store.putIf('file/below', new Uint8Array(), undefined)).rejects.toThrow(
      'A part of the path is a file, not a directory',
    );
  });
});
