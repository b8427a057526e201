import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `npm run sbom`: prints the software bill of materials (CycloneDX) of what users install.
 *
 * npm is asked in a folder whose manifest has no dependencies of development: with `--omit=dev` it leaves out what users
 * and development both need, and without it one entry is made of a package that both have, and marked as development's.
 */
const root = mkdtempSync(join(tmpdir(), 'ionsieve-sbom-'));
try {
  const folder = join(root, 'ionsieve'); // npm takes the folder's name for the project's
  mkdirSync(folder);
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const file of ['package-lock.json', '.npmrc']) copyFileSync(file, join(folder, file));
  npm(folder, 'install', '--package-lock-only', '--offline', '--no-audit'); // takes the rest out of the lockfile
  process.stdout.write(npm(folder, 'sbom', '--sbom-format=cyclonedx', '--package-lock-only'));
} finally {
  rmSync(root, { recursive: true });
}

function npm(cwd: string, ...args: string[]): string {
  const { stdout, stderr, status, error } = spawnSync('npm', args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`npm ${args[0]} failed: ${error?.message ?? stderr}`);
  return stdout;
}
