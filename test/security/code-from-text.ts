/** Whatever makes code from text: a hostile file would only have to reach it. */
export const FROM_TEXT =
  /(?<![\w.$])eval\s*\(|\bnew Function\b|(?<![\w.$])Function\s*\(|\bsetTimeout\(\s*['"`]|['"](node:)?vm['"]/;
/** Whatever starts processes. */
export const PROCESSES = /['"](node:)?child_process['"]/;

/** In bundles: what makes code from text or starts processes, and why it does no harm. */
export const KNOWN = [
  // Of d3-dsv, which comes with Plot. Never called: a run is the same where Node.js refuses to make code from text.
  'function objectConverter(columns){return new Function(',
  // Of the AWS SDK, for a profile that names a process for its credentials. A function has no profiles.
  'from"node:child_process";import{promisify}from"node:util";var resolveProcessCredentials',
];
