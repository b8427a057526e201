import { describe, expect, it } from 'vitest';
import { program } from '../../../cli/program.ts';
import { examplesOf } from '../../../cli/terminal/examples.ts';
import { runCli } from '../../run-cli.ts';
import { calledBy, commandsOf } from '../called-command.ts';

const commands = commandsOf(program());

describe.each(commands)('help of %s', (path, command) => {
  it('has examples that its commands and options understand', async () => {
    const examples = examplesOf(command);
    expect(examples.length).toBeGreaterThan(0);
    for (const [line, does] of examples) {
      expect(line).toMatch(/^ionsieve /);
      expect(does).not.toBe('');
      const called = await calledBy(line);
      if (called !== 'help') expect(`${called} `).toContain(`${path} `);
    }
  });

  it('says what every option is for, and no default twice', () => {
    for (const option of command.options) {
      expect(option.description, option.flags).not.toBe('');
      const told = command.createHelp().optionDescription(option);
      expect(told.match(/default:/g)?.length ?? 0, told).toBeLessThan(2);
    }
    expect(command.description()).not.toBe('');
  });
});

it('exit codes and what can be said to every command are told by --help', async () => {
  let help = '';
  const root = program().configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  await expect(root.parseAsync(['--help'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
  for (const text of ['--quiet', '--verbose', '128 + n', 'NO_COLOR', 'completion']) expect(help).toContain(text);
});

it('results can be had as JSON of every command that has any', () => {
  const without = commands
    .filter(
      ([, { commands: subcommands, options }]) =>
        subcommands.length === 0 && !options.some(({ long }) => long === '--json'),
    )
    .map(([path]) => path);
  expect(without).toEqual(['ionsieve completion', 'ionsieve help']);
});

it.each([
  [['help', 'nosuch'], 'there is no command "nosuch"'],
  [
    ['help', 'space', 'cuont'],
    'there is no command "space cuont". `ionsieve help space` lists those that there are. Did you mean count?',
  ],
  [['help', 'cloud', 'diff'], 'there is no command "cloud diff". `ionsieve compare s3://BUCKET/runs/ID s3://'],
])('%j is refused: %s', async (words, message) => {
  await expect(program().parseAsync(words, { from: 'user' })).rejects.toThrow(message);
});

it.each([
  [['cloud', 'diff', 'a', 'b'], "error: unknown command 'diff'. `ionsieve compare s3://BUCKET/runs/ID s3://"],
  [['study', '--data', 'a'], "error: unknown command 'study'. `npm run -s study` in the repository"],
  [['diff'], "error: unknown command 'diff'\n"],
  [['cloud', 'study'], "error: unknown command 'study'\n"],
  [['constructor'], "error: unknown command 'constructor'\n"],
])('of commands that were removed, %j is told what does the work now', async (words, message) => {
  const { code, stderr } = await runCli('.', ...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
