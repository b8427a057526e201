import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { InputError } from '../shared/errors.ts';
import { judgeAdvisories, parseAudit, parseWaivers } from './advisories.ts';

/**
 * `npm run check:advisories`: asks the registry for known vulnerabilities of every locked package, of development too.
 * Exit code 0: none is open. 1: some are, or a waiver has expired. 3: the registry could not be asked, so nothing is known.
 * Takes another folder's `package-lock.json` and `waivers.json` as its argument.
 */
const folder = process.argv[2] ?? '.';
const waiversFile = process.argv[2] === undefined ? 'supply-chain/waivers.json' : `${folder}/waivers.json`;
process.exitCode = check(new Date().toISOString().slice(0, 10));

function check(today: string): 0 | 1 | 3 {
  const { stdout, error } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const refusal = error?.message ?? refusalOf(stdout);
  if (refusal !== undefined) {
    say(`The registry has no advisories to ask for, so nothing is known of them: ${refusal}`);
    return 3;
  }
  try {
    return report(stdout, today);
  } catch (problem) {
    if (!(problem instanceof InputError)) throw problem;
    say(problem.message);
    return 1;
  }
}

function report(audit: string, today: string): 0 | 1 {
  const waivers = parseWaivers(readFileSync(waiversFile, 'utf8'), waiversFile, today);
  const { open, waived, expired, idle } = judgeAdvisories(parseAudit(audit, 'npm audit'), waivers, today);
  for (const { id, package: name, severity, title } of open) say(`open: ${name}: ${id}, ${severity}: ${title}`);
  for (const { id, package: name, until } of expired) say(`expired on ${until}: waiver of ${id} for ${name}`);
  for (const { id, package: name } of idle) say(`no longer needed: waiver of ${id} for ${name}`);
  say(`${open.length} advisories open, ${waived.length} waived, ${expired.length} waivers expired`);
  return open.length + expired.length > 0 ? 1 : 0;
}

/** What npm says in place of a report when the registry does not answer. */
function refusalOf(stdout: string): string | undefined {
  try {
    const { error, message } = JSON.parse(stdout) as { error?: { summary?: string }; message?: string };
    return error === undefined ? undefined : message || error.summary || 'no reason was given';
  } catch {
    return `npm audit printed no JSON: ${stdout.slice(0, 200)}`;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
