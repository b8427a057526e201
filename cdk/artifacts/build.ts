import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from '../../shared/aws.ts';
import { buildBundles } from './bundles.ts';
import { buildLayer } from './layer.ts';

/** `npm run build:lambda [-- --arch arm64|x64]`: everything that is deployed, into `dist/bundles`. */
const { values } = parseArgs({ options: { arch: { type: 'string', multiple: true } } });
const architectures = values.arch ?? ARCHITECTURES;
const unknown = architectures.filter((name) => !ARCHITECTURES.includes(name as Architecture));
if (unknown.length > 0) throw new Error(`--arch ${unknown.join(', ')} is none of ${ARCHITECTURES.join(', ')}`);

const root = process.cwd();
const output = join(root, 'dist', 'bundles');
await rm(output, { recursive: true, force: true }); // or a function that is no more would still be there
for (const { name, bytes } of await buildBundles(root, output)) report(name, bytes);
for (const architecture of architectures) {
  const { bytes } = await buildLayer(root, output, architecture as Architecture);
  report(`layer-${architecture}`, bytes);
}

function report(name: string, bytes: number): void {
  process.stdout.write(`${name.padEnd(24)} ${(bytes / 1e6).toFixed(2).padStart(6)} MB\n`);
}
