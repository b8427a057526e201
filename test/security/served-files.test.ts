import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContainedStore } from '../../cli/runs/contained-store.ts';
import { answerRequest } from '../../cli/runs/serve-request.ts';

const RUN = '0123456789abcdef0123';
const PAGE = '<script>fetch("/")</script>';
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ionsieve-served-'));
  mkdirSync(join(root, 'runs', RUN), { recursive: true });
  writeFileSync(join(root, 'runs', RUN, 'report.html'), PAGE);
});
afterAll(() => rmSync(root, { recursive: true }));

it('a page of a run that somebody else made reaches neither the network nor other runs', async () => {
  const { status, headers, body } = await answerRequest(new ContainedStore(root), 8470, {
    method: 'GET',
    target: `/runs/${RUN}/report.html`,
    host: '127.0.0.1:8470',
  });
  expect([status, Buffer.from(body).toString()]).toEqual([200, PAGE]);
  const policy = headers['content-security-policy'].split('; ');
  expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "form-action 'none'", "base-uri 'none'"]));
  expect(policy.filter((part) => part.startsWith('connect-src'))).toEqual([]);
  expect(policy).toContain('sandbox allow-scripts allow-downloads'); // without allow-same-origin
  expect(headers['x-content-type-options']).toBe('nosniff');
});
