import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it, vi } from 'vitest';
import { addChecks, addDeployment } from '../../cdk/deployment.ts';
import { readConfig } from '../../shared/stage/stage-settings.ts';
import { cdkContext, placeholderAssets, ROOT, scratch } from './synthesize.ts';

interface Report {
  readonly violations: readonly { readonly ruleName: string }[];
}

const run = promisify(execFile);
const output = join(scratch, 'cdk.out');

/** The compiled app, as `cdk.json` runs it after its build. */
const APP = join('dist', 'cdk', 'app.js');

describe('cdk synth', () => {
  it('works without credentials, network and Docker in under a minute', { timeout: 60_000 }, async () => {
    const unreachable = 'http://127.0.0.1:9';
    const env = {
      PATH: process.env.PATH,
      HOME: scratch,
      AWS_EC2_METADATA_DISABLED: 'true',
      HTTPS_PROXY: unreachable,
      HTTP_PROXY: unreachable,
      CDK_DOCKER: 'there-is-no-docker',
    };
    const options = ['--quiet', '--strict', '--app', `node ${APP}`, '-o', output];
    const context = ['-c', 'stage=prod', '-c', `assets=${placeholderAssets()}`];
    const cdk = join(ROOT, 'node_modules', '.bin', 'cdk');
    const { stderr } = await run(cdk, ['synth', ...options, ...context], { cwd: ROOT, env });
    expect(stderr).toContain('Successfully synthesized');
    expect(readdirSync(output).filter((name) => name.endsWith('.template.json'))).toEqual([
      'ionsieve-prod-data.template.json',
      'ionsieve-prod-screener.template.json',
    ]);
    const { artifacts } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'));
    expect(artifacts['ionsieve-prod-screener'].environment).toBe('aws://unknown-account/unknown-region');
  });

  it('builds first', () => {
    expect(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).app).toBe(`npm run -s build && node ${APP}`);
  });

  it('refuses a stage that cdk.json does not have, in one line', async () => {
    const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext(), stage: 'test' }) };
    const refusal = run(process.execPath, [APP], { cwd: ROOT, env });
    await expect(refusal).rejects.toMatchObject({
      stderr: 'cdk.json: stage: "test" is not one of dev, prod\n',
      code: 1,
    });
  });
});

describe('AwsSolutions rules', () => {
  const outdir = join(scratch, 'checked');
  const app = new App({ context: cdkContext(), outdir });
  const config = readConfig('dev', { dev: { schedule: 'rate(1 day)' } });
  const { data, screener } = addDeployment(app, config, placeholderAssets());
  addChecks(app);

  it('find nothing that is not acknowledged, and would find a bucket without access log and TLS', () => {
    new Bucket(data, 'Open');
    const silence = vi.spyOn(console, 'error').mockReturnValue();
    expect(() => app.synth()).toThrow('validation-report.json');
    silence.mockRestore();
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    const found = pluginReports.flatMap(({ violations }: Report) => violations.map(({ ruleName }) => ruleName));
    expect(found).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
  });

  it('are acknowledged for wildcards in names alone, each with a reason', () => {
    const acknowledged = [...data.node.findAll(), ...screener.node.findAll()]
      .flatMap((construct) => construct.node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data: rules }) => Object.entries<string>(rules));
    expect(acknowledged.length).toBeGreaterThan(20);
    for (const [id, reason] of acknowledged) {
      expect(id).toMatch(/^(?:Annotation::)?AwsSolutions-IAM5\[Resource::.*\*.*\]$/);
      expect(reason.length, id).toBeGreaterThan(40);
    }
  });
});
