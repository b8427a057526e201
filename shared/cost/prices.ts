import type { Architecture } from '../aws.ts';

// https://aws.amazon.com/lambda/pricing/
export const DOLLARS_PER_GB_SECOND: Readonly<Record<Architecture, number>> = { arm64: 1.33334e-5, x64: 1.66667e-5 };

export const DOLLARS_PER_REQUEST = 0.2e-6;

/** Every entering of a state is one, and so is every retry: https://aws.amazon.com/step-functions/pricing/ */
export const DOLLARS_PER_TRANSITION = 25e-6;

// https://aws.amazon.com/s3/pricing/
export const DOLLARS_PER_PUT = 5e-6;

export const DOLLARS_PER_GET = 0.4e-6;
