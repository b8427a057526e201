import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../cdk/config.ts';
import { addChecks, addDeployment, type Deployment } from '../../cdk/deployment.ts';
import { cdkContext, placeholderAssets, ROOT, scratch } from './synthesize.ts';

interface Report {
  readonly violations: readonly { readonly ruleName: string }[];
}

const run = promisify(execFile);
const output = join(scratch, 'cdk.out');

/** `cdk synth` of the compiled app, as `cdk.json` has it after its build. */
function synth(options: string[], env: NodeJS.ProcessEnv = process.env): Promise<{ stderr: string }> {
  const app = 'node dist/cdk/app.js';
  expect(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')).app).toMatch(new RegExp(`&& ${app}$`));
  const cdk = join(ROOT, 'node_modules', '.bin', 'cdk');
  return run(cdk, ['synth', '--quiet', '--app', app, ...options], { cwd: ROOT, env });
}

describe('cdk synth', () => {
  it('works without credentials, network and Docker in under a minute', { timeout: 60_000 }, async () => {
    const unreachable = 'http://127.0.0.1:9';
    const said = await synth(['--strict', '-o', output, '-c', 'stage=prod', '-c', `assets=${placeholderAssets()}`], {
      ...{ PATH: process.env.PATH, HOME: scratch, AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ HTTPS_PROXY: unreachable, HTTP_PROXY: unreachable, CDK_DOCKER: 'there-is-no-docker' },
    });
    expect(said).toMatchObject({ stderr: expect.stringContaining('Successfully synthesized') });
    expect(readdirSync(output).filter((name) => name.endsWith('.template.json'))).toEqual([
      'ionsieve-prod-data.template.json',
      'ionsieve-prod-screener.template.json',
    ]);
    const { artifacts } = JSON.parse(readFileSync(join(output, 'manifest.json'), 'utf8'));
    expect(artifacts['ionsieve-prod-screener'].environment).toBe('aws://unknown-account/unknown-region');
  });

  it('refuses a stage that cdk.json does not have, in one line', async () => {
    const refusal = synth(['-o', join(scratch, 'none'), '-c', 'stage=test']);
    await expect(refusal).rejects.toThrow('\ncdk.json: stage: "test" is not one of "dev", "prod"\n');
  });
});

describe('AwsSolutions rules', () => {
  /** Findings of a deployment that was changed, as the report beside the templates has them. */
  function findings(change: (deployment: Deployment) => unknown = () => undefined): string[] {
    const outdir = join(scratch, randomUUID());
    const app = new App({ context: cdkContext(), outdir });
    const config = readConfig('dev', { dev: { schedule: 'rate(1 day)' } });
    change(addDeployment(app, config, placeholderAssets()));
    addChecks(app);
    const silence = vi.spyOn(console, 'error').mockReturnValue();
    try {
      app.synth();
    } catch (error) {
      expect(String(error)).toMatch(/Validation ?[Ff]ailed/);
    } finally {
      silence.mockRestore();
    }
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return pluginReports.flatMap(({ violations }: Report) => violations.map(({ ruleName }) => ruleName));
  }

  it('find nothing that is not acknowledged', () => {
    expect(findings()).toEqual([]);
  });

  it('would find a bucket without access log and TLS', () => {
    expect(findings(({ data }) => new Bucket(data, 'Open'))).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
  });

  it('are acknowledged for wildcards in names alone, each with a reason', () => {
    const acknowledged: [string, string][] = [];
    findings(({ data, screener }) => {
      for (const construct of [...data.node.findAll(), ...screener.node.findAll()])
        for (const { type, data: rules } of construct.node.metadata)
          if (type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY) acknowledged.push(...Object.entries<string>(rules));
    });
    expect(acknowledged.length).toBeGreaterThan(20);
    for (const [id, reason] of acknowledged) {
      expect(id).toMatch(/^(?:Annotation::)?AwsSolutions-IAM5\[Resource::.*\*.*\]$/);
      expect(reason.length, id).toBeGreaterThan(40);
    }
  });
});
