import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkProfile } from '../../../cli/cloud/aws-profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'ionsieve-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = {
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
};
writeFileSync(files.AWS_CONFIG_FILE, '[default]\nregion = eu-central-1\n[profile lab]\n[sso-session work]\n');
writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, '[old]\naws_access_key_id = A\n');

describe('a profile', () => {
  it.each(['lab', 'default', 'old', undefined])('%s may be used', (profile) => {
    expect(() => checkProfile(profile, files)).not.toThrow();
  });

  it.each([
    ['nosuch', {}],
    [undefined, { AWS_PROFILE: 'nosuch' }],
  ])('that does not exist is refused by name, with those that do (%s, %j)', (profile, env) => {
    expect(() => checkProfile(profile, { ...files, ...env })).toThrow(
      `there is no profile "nosuch" in ${files.AWS_CONFIG_FILE} or ${files.AWS_SHARED_CREDENTIALS_FILE}. Choose among default, lab, old`,
    );
  });

  it('of the environment does not matter beside keys, which come first', () => {
    expect(() => checkProfile(undefined, { ...files, AWS_PROFILE: 'nosuch', AWS_ACCESS_KEY_ID: 'A' })).not.toThrow();
  });

  it('is to be made where there is none at all', () => {
    const env = { AWS_CONFIG_FILE: join(folder, 'a'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'b') };
    expect(() => checkProfile('nosuch', env)).toThrow('Make it: `aws configure sso --profile nosuch`');
  });
});
