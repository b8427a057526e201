/** Lower ends of the classes of a share that have a shade each; the first class is all below. */
const SHARES = [0.001, 0.01, 0.05, 0.15, 0.3, 0.5] as const;

/** Names of the classes, in order. */
export const SHARE_NAMES: readonly string[] = [
  `under ${percentOf(SHARES[0])} %`,
  ...SHARES.slice(0, -1).map((low, i) => `${percentOf(low)} to ${percentOf(SHARES[i + 1])} %`),
  `${percentOf(SHARES[SHARES.length - 1])} % and more`,
];

/** Class of a share in [0, 1], from 0. */
export function shareClass(share: number): number {
  return SHARES.filter((low) => share >= low).length;
}

function percentOf(share: number): number {
  return Number((100 * share).toPrecision(6));
}

/** Lower ends of the classes of a count that have a shade each. */
export const COUNTS = [0, 1, 2, 5, 10, 25, 50] as const;

/** Class of a count, from 0 for none. */
export function countClass(count: number): number {
  return COUNTS.filter((low) => low > 0 && count >= low).length;
}

/** Backgrounds of the seven classes and the colour of text on them, with a contrast of 4.5 and more; light, then dark. */
const LIGHT = [
  '#eef2f6 #1b1f24',
  '#d6e6f4 #1b1f24',
  '#abd0e6 #1b1f24',
  '#6aaed6 #10202f',
  '#2874b2 #fff',
  '#135a9e #fff',
  '#083471 #fff',
];
const DARK = [
  '#1c2530 #c5ced8',
  '#17395c #fff',
  '#1b5084 #fff',
  '#2b69a6 #fff',
  '#6aa9dc #0d1117',
  '#9dcaf0 #0d1117',
  '#d3e8fb #0d1117',
];

function variables(shades: readonly string[]): string {
  return shades
    .map((pair, i) =>
      pair
        .split(' ')
        .map((color, k) => `--${'qt'[k]}${i}: ${color};`)
        .join(' '),
    )
    .join(' ');
}

/** CSS of the classes `q0` to `q6`, in light and in dark. */
export const SHADE_STYLE = `
:root { ${variables(LIGHT)} }
@media (prefers-color-scheme: dark) { :root { ${variables(DARK)} } }
${LIGHT.map((_, i) => `.q${i} { background: var(--q${i}); color: var(--t${i}); }`).join('\n')}
`;
