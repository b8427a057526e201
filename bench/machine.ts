import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { packagePath } from '../local/shipped/package-root.ts';
import { sha256 } from '../shared/hash.ts';

/** What a measurement was taken with. */
export interface Machine {
  readonly processor: string;
  readonly architecture: string;
  readonly cores: number; // that this process may use
  readonly memoryGB: number;
  readonly node: string;
  readonly onnxruntime: string;
  readonly ionsieve: string;
  readonly student: string; // SHA-256 of the model, hexadecimal
}

/** @param student bytes of the model that is measured */
export function describeMachine(student: Uint8Array): Machine {
  const { version, dependencies } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    processor: cpus()[0].model,
    architecture: process.arch,
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: dependencies['onnxruntime-node'],
    ionsieve: version,
    student: sha256(student),
  };
}
