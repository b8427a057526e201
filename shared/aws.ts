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

/**
 * Text without the session tokens in it. Where a signature is wrong, services say back what should have been signed, and
 * the token of temporary credentials is part of it.
 */
export function withoutSessionTokens(text: string): string {
  return text.replace(/(x-amz-security-token[:=])[^\s&'"<\\]+/gi, '$1…');
}
