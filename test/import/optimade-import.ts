import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type ImportManifest, type ImportOptions, importOptimade } from '../../shared/import/import-optimade.ts';
import { findProvider } from '../../shared/import/providers.ts';
import { HttpClient, type HttpOptions } from '../../shared/io/http/http-client.ts';
import { type OptimadeServer, serveOptimade } from './optimade-server.ts';

/** Caesium chloride type; the lattice parameter tells entries apart. */
export function entry(n: number): object {
  const a = 3 + n / 100;
  const lattice_vectors = [
    [a, 0, 0],
    [0, a, 0],
    [0, 0, a],
  ];
  const cartesian_site_positions = [
    [0, 0, 0],
    [a / 2, a / 2, a / 2],
  ];
  const species = ['Li', 'Br'].map((name) => ({ name, chemical_symbols: [name], concentration: [1] }));
  const attributes = { lattice_vectors, cartesian_site_positions, species_at_sites: ['Li', 'Br'], species, nsites: 2 };
  return { id: `e-${n}`, type: 'structures', attributes: { ...attributes, _example_energy: -n }, relationships: {} };
}

export const ENTRIES = Array.from({ length: 10 }, (_, n) => entry(n));
export const ALL = ENTRIES.map((_, n) => `e-${n}`); // their ids
const CLOCK = (): Date => new Date(Date.UTC(2026, 0, 1));

/** A server with {@link ENTRIES}, and imports of it, three structures a page, to `out` in a directory of its own. */
export class OptimadeImport {
  readonly directory = mkdtempSync(join(tmpdir(), 'ionsieve-'));
  readonly out = join(this.directory, 'out.jsonl.gz');
  readonly retries: string[] = []; // problem and pause in ms
  readonly server: OptimadeServer;

  private constructor(server: OptimadeServer) {
    this.server = server;
  }

  static async start(): Promise<OptimadeImport> {
    return new OptimadeImport(await serveOptimade(ENTRIES));
  }

  async end(): Promise<void> {
    await this.server.close();
    rmSync(this.directory, { recursive: true });
  }

  run(options: Partial<ImportOptions> = {}, http: Partial<HttpOptions> = {}): Promise<ImportManifest> {
    const { signal } = new AbortController();
    const onRetry = (problem: string, waitMs: number): void => void this.retries.push(`${problem} ${waitMs}`);
    const times = { timeoutMs: 5000, retries: 3, delayMs: 0, backoffMs: 2 };
    const client = new HttpClient({ userAgent: 'test', ...times, signal, onRetry, ...http });
    const provider = findProvider(`${this.server.origin}/db`);
    const defaults = { provider, filter: 'elements HAS "Li"', pageLimit: 3, out: this.out, restart: false };
    return importOptimade({ ...defaults, ...options }, client, CLOCK);
  }

  lines(): string[] {
    return gunzipSync(readFileSync(this.out)).toString().trimEnd().split('\n');
  }

  ids(): string[] {
    return this.lines()
      .slice(1)
      .map((line) => JSON.parse(line).id);
  }

  files(): string[] {
    return readdirSync(this.directory).sort();
  }
}
