import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntegrityError } from '../../shared/errors.ts';
import { fields, type Refuse, readJson, readShape, text } from '../../shared/shape.ts';

/** Absolute path of a file of the package, such as `models/student.onnx`, both from the sources and from `dist/`. */
export function packagePath(relative: string): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json above ${import.meta.url}`);
    directory = parent;
  }
  return join(directory, relative);
}

/** Version of the package. */
export function packageVersion(): string {
  const file = packagePath('package.json');
  const refuse: Refuse = (problem, column) =>
    new IntegrityError(problem, { file, column }, 'Install the package again.');
  return readShape(fields({ version: text }), readJson(readFileSync(file, 'utf8'), refuse), refuse).version;
}
