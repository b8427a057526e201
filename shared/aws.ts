/** What AWS bills, grants and says, and how it is asked. Prices are the public ones of us-east-1 in US dollars, without volume discounts or free tier. */

/**
 * How clients of the services wait and try again: a connection that is not there after 5 s, or silent for 30 s, is given up,
 * and a request is made five times at most, with full jitter between the tries.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 5,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000 },
} as const;

/** Processor architectures that Lambda has, as Node.js names them. */
export const ARCHITECTURES = ['arm64', 'x64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Where the consoles of the partitions are, by how their regions begin. */
const CONSOLES: Readonly<Record<string, string>> = {
  'cn-': 'console.amazonaws.cn',
  'us-gov-': 'console.amazonaws-us-gov.com',
};

/** Page of the AWS console that shows an object of a bucket. */
export function objectPage(region: string, bucket: string, key: string): string {
  const [, host = 'console.aws.amazon.com'] =
    Object.entries(CONSOLES).find(([start]) => region.startsWith(start)) ?? [];
  return `https://${host}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
}

/** Memory that comes with one vCPU, in MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const MB_PER_VCPU = 1769;

// https://aws.amazon.com/lambda/pricing/
export const DOLLARS_PER_GB_SECOND: Readonly<Record<Architecture, number>> = { arm64: 1.33334e-5, x64: 1.66667e-5 };
export const DOLLARS_PER_REQUEST = 0.2e-6;

/** Every entering of a state is one, and so is every retry: https://aws.amazon.com/step-functions/pricing/ */
export const DOLLARS_PER_TRANSITION = 25e-6;

// https://aws.amazon.com/s3/pricing/
export const DOLLARS_PER_PUT = 5e-6;
export const DOLLARS_PER_GET = 0.4e-6;

/**
 * Text without the session tokens in it. Where a signature is wrong, services say back what should have been signed, and
 * the token of temporary credentials is part of it.
 */
export function withoutSessionTokens(text: string): string {
  return text.replace(/(x-amz-security-token[:=])[^\s&'"<\\]+/gi, '$1…');
}
