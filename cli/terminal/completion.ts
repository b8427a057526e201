import { Argument, Command } from 'commander';
import type { Shell } from './completion-script.ts';
import { withExamples } from './examples.ts';

const SHELLS = ['bash', 'zsh'] as const satisfies readonly Shell[];

/** `completion bash|zsh`: a script that completes commands, options, their values and files, made from the commands themselves. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a script that completes commands, options and names in a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .action(async (shell: Shell, _, { parent }: Command) => {
      const { completionScript } = await import('./completion-script.ts');
      process.stdout.write(completionScript(shell, parent as Command));
    });
  return withExamples(
    command,
    ['ionsieve completion bash > ~/.local/share/bash-completion/completions/ionsieve', 'install it for bash'],
    ['ionsieve completion zsh > ~/.zfunc/_ionsieve', 'install it for zsh, with ~/.zfunc in fpath before compinit'],
  );
}
