import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lithiumChloride } from '../../lithium-chloride.ts';
import type { Ended } from '../../run-cli.ts';
import { hasSoftAnion, someLabels } from '../../small-labels.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ionsieve-interrupted-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Run a command, and send a signal once something is so. */
async function interrupt(
  args: readonly string[],
  signal: NodeJS.Signals,
  when: (stderr: string) => boolean,
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: directory });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    text.stdout += data;
  });
  child.stderr.on('data', (data) => {
    text.stderr += data;
  });
  while (!when(text.stderr) && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 20));
  child.kill(signal);
  const [code] = await once(child, 'close');
  return { code, ...text };
}

/** Lithium chloride, as often as is asked. */
function structures(count: number): string {
  const attributes = lithiumChloride(4);
  return Array.from({ length: count }, (_, i) => `${JSON.stringify({ id: `s${i}`, attributes })}\n`).join('');
}

it('label says that nothing is written', async () => {
  writeFileSync(join(directory, 'in.jsonl'), structures(3000));
  const hasRead = (stderr: string): boolean => stderr.includes('teacher-sendek-2017.json'); // the last thing before it labels
  const args = ['label', 'in.jsonl', '--out', 'labels.csv', '--verbose'];
  const { code, stdout, stderr } = await interrupt(args, 'SIGINT', hasRead);
  expect([code, stdout]).toEqual([130, '']);
  expect(stderr).toContain('stopped; nothing is written: the same command begins anew');
  expect(readdirSync(directory)).toEqual(['in.jsonl']);
});

it('distill ends with its threads and says that nothing is done yet', async () => {
  writeFileSync(join(directory, 'labels.csv'), await someLabels(hasSoftAnion));
  const begun = (stderr: string): boolean => stderr.includes('to train');
  const args = ['distill', '--labels', 'labels.csv', '--out', 'student.onnx', '--workers', '2'];
  const { code, stdout, stderr } = await interrupt(args, 'SIGTERM', begun);
  expect([code, stdout]).toEqual([143, '']);
  expect(stderr).toContain('stopped; nothing is done that could be kept');
  expect(readdirSync(directory)).toEqual(['labels.csv']);
});

it('committee keeps what is grown, and goes on with it', async () => {
  writeFileSync(join(directory, 'labels.csv'), await someLabels(hasSoftAnion));
  const args = ['committee', '--labels', 'labels.csv', '--out', 'committee.onnx', '--workers', '1'];
  const { code, stderr } = await interrupt(args, 'SIGINT', (text) => text.includes('1 of 6 committees'));
  expect(code).toBe(130);
  expect(stderr).toMatch(
    /stopped; [1-5] of 6 committees are kept in committee\.onnx\.unfinished: give the same command again to go on/,
  );
  const again = await interrupt(args, 'SIGINT', (text) => text.includes('2 of 6 committees'));
  expect(again.stderr).toContain('1 of 6 committees, done before: final committee');
});

it('import keeps what was fetched', async () => {
  const server = createServer((request, response) => {
    if (request.url?.includes('page_offset=2')) return; // the second page never comes
    const attributes = {
      lattice_vectors: [
        [3, 0, 0],
        [0, 3, 0],
        [0, 0, 3],
      ],
      cartesian_site_positions: [[0, 0, 0]],
      species_at_sites: ['Li'],
    };
    const next = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/structures?page_offset=2`;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        data: [{ id: 'a', type: 'structures', attributes }],
        links: { next },
        meta: { more_data_available: true },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let isAsked = false;
  server.on('request', ({ url }) => {
    if (url?.includes('page_offset=2')) isAsked = true;
  });
  const args = ['import', 'optimade', '--provider', base, '--out', 'f.jsonl', '--delay', '0'];
  const { code, stderr } = await interrupt(args, 'SIGINT', () => isAsked);
  server.closeAllConnections();
  server.close();
  expect(code).toBe(130);
  expect(stderr).toContain('what was fetched is kept: give the same command again to go on');
  expect(readdirSync(directory).filter((name) => !name.endsWith('.lock')).length).toBeGreaterThan(0);
});
