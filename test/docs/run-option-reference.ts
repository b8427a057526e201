import {
  flagOf,
  RUN_OPTIONS,
  type RunOption,
  type RunOptionName,
  runOption,
} from '../../shared/screen/run-option-table.ts';

const TYPES: Readonly<Record<RunOption['kind'], string>> = {
  file: 'text: a path, or a key',
  count: 'whole number above 0',
  number: 'number above 0',
  names: 'list of texts',
  choice: 'one of',
  switch: 'true or false',
};

/** docs/reference/run-options.md, from what is declared. */
export function runOptionReference(): string {
  const rows = (Object.keys(RUN_OPTIONS) as RunOptionName[]).map((name) => {
    const { kind, choices = [], most, fallback, otherwise, isCriterion, says } = runOption(name);
    const type = `${TYPES[kind]} ${choices.map((choice) => `\`${choice}\``).join(', ')}`.trim();
    const limit = most === undefined ? '' : `, ${most.toLocaleString('en-US')} at most`;
    const field = isCriterion ? `criteria.${name}` : name;
    return `| \`${name}\` | \`${flagOf(name)}\` | \`${field}\` | ${type}${limit} | ${fallback ?? otherwise ?? ''} | ${says} |`;
  });
  return `# Options of a run

What a run may be asked for, by command line, event and library alike. Made from \`shared/screen/run-option-table.ts\`, where each
is declared once; \`npx vitest run --project ionsieve test/docs/run-options.test.ts -u\` makes this page anew.

| library | command line | field of an event | type | default | meaning |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
