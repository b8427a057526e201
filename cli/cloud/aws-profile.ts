import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';

/**
 * Refuse a profile that is in neither of the SDK's configuration files: the SDK would say that there are no credentials.
 *
 * @param asked by an option; else `AWS_PROFILE` counts, unless keys in the environment come before it
 * @throws {InputError} naming the profile, the files and the profiles that there are
 */
export function checkProfile(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): void {
  const profile = asked ?? (env.AWS_ACCESS_KEY_ID === undefined ? env.AWS_PROFILE : undefined);
  if (!profile) return;
  const files = [
    env.AWS_CONFIG_FILE ?? join(homedir(), '.aws', 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(homedir(), '.aws', 'credentials'),
  ];
  const known = new Set(files.flatMap(profilesIn));
  if (known.has(profile)) return;
  const others = known.size === 0 ? '' : `Choose among ${[...known].sort().join(', ')}, or make it: `;
  throw new InputError(
    `there is no profile ${JSON.stringify(profile)} in ${files.join(' or ')}`,
    {},
    `${others || 'Make it: '}\`aws configure sso --profile ${profile}\`.`,
  );
}

/** Names in the headings `[name]` and `[profile name]`. */
function profilesIn(file: string): string[] {
  if (!existsSync(file)) return [];
  const headings = readFileSync(file, 'utf8').matchAll(/^\s*\[\s*(?:profile\s+)?["']?([^\]"'\s]+)["']?\s*\]/gm);
  return [...headings].map(([, name]) => name);
}
