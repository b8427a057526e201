import type { Command } from 'commander';
import { completable, type Values } from './completable.ts';

export type Shell = 'bash' | 'zsh';

/** The script for a shell. */
export function completionScript(shell: Shell, root: Command): string {
  const { before, word, next, after, words, files, list } = DIALECTS[shell];
  const all = completable(root);
  const offer = ({ names, isList, files: hasFiles }: Values): string =>
    [
      ...(names.length === 0 ? [] : [`${isList ? list : words} ${quoted(names.join(' '))}`]),
      ...(hasFiles ? [files] : []),
      'return',
    ].join('; ');
  const values = all.flatMap(({ path, options }) =>
    options.flatMap(({ flags, values: offered }) =>
      offered === undefined
        ? []
        : [`    ${flags.map((flag) => quoted(`${path} ${flag}`)).join('|')}) ${offer(offered)} ;;`],
    ),
  );
  const flags = all.map(
    ({ path, options }) =>
      `      ${quoted(path)}) ${words} ${quoted(options.flatMap(({ flags: some }) => some).join(' '))} ;;`,
  );
  const positions = all.map(
    ({ path, subcommands, argument }) =>
      `    ${quoted(path)}) ${offer({ names: [...subcommands, ...argument.names], isList: false, files: argument.files })} ;;`,
  );
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join('|');
  return `${before}
  local path='' at
  for ((at = ${next}; at < ${word}; at++)); do
    case "$path \${words[at]}" in
      ${paths}) path="$path \${words[at]}" ;;
    esac
  done
  case "$path $previous" in
${values.join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$path" in
${flags.join('\n')}
    esac
    return
  fi
  case "$path" in
${positions.join('\n')}
  esac
${after}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What differs between shells. */
interface Dialect {
  readonly before: string; // up to where $words, $current and $previous are set
  readonly next: number; // position of the first word after ionsieve
  readonly word: string; // position of the word to complete
  readonly words: string; // command that offers the words of its argument
  readonly list: string; // the same for the last part of a list with commas
  readonly files: string; // command that offers files
  readonly after: string;
}

const DIALECTS: Readonly<Record<Shell, Dialect>> = {
  bash: {
    before: `# Completes ionsieve in bash.
_ionsieve_words() {
  COMPREPLY+=($(compgen -W "$1" -- "$current"))
}
_ionsieve_list() {
  local done=''
  [[ $current == *,* ]] && done="\${current%,*},"
  COMPREPLY+=($(compgen -P "$done" -W "$1" -- "\${current##*,}"))
}
_ionsieve_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$current"))
}
_ionsieve() {
  local words=("\${COMP_WORDS[@]}") current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi`,
    next: 1,
    word: 'COMP_CWORD',
    words: '_ionsieve_words',
    list: '_ionsieve_list',
    files: '_ionsieve_files',
    after: `}
complete -F _ionsieve ionsieve
`,
  },
  zsh: {
    before: `#compdef ionsieve
# Completes ionsieve in zsh.
_ionsieve_words() {
  compadd -- \${=1}
}
_ionsieve_list() {
  compset -P '*,'
  compadd -S '' -- \${=1}
}
_ionsieve() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]}
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    compset -P '*='
    current=''
  fi`,
    next: 2,
    word: 'CURRENT',
    words: '_ionsieve_words',
    list: '_ionsieve_list',
    files: '_files',
    after: `}
if [[ \${funcstack[1]} == _ionsieve ]]; then
  _ionsieve "$@"
else
  compdef _ionsieve ionsieve
fi
`,
  },
};
