import { createRequire } from 'node:module';

/** The parser that aws-cdk-lib brings. Workflows and citation files are YAML 1.2, as it reads them. */
const yaml = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'))('yaml') as {
  parse(text: string): unknown;
};

export function parseYaml<T>(text: string): T {
  return yaml.parse(text) as T;
}
