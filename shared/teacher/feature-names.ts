/** Names of the structure features that are computed, in their order: abbreviations of Sendek et al. (see `features.ts`). */
export const FEATURE_NAMES = [
  'aav',
  'sdlc',
  'sdli',
  'lbi',
  'lnc',
  'llb',
  'sbi',
  'snc',
  'afc',
  'aasd',
  'vpa',
  'lasd',
  'llsd',
  'ens',
  'rbi',
  'rnc',
] as const;

export type FeatureName = (typeof FEATURE_NAMES)[number];

/** The five of the published teacher, in definitions that reproduce its published probabilities. */
export const PUBLISHED_FEATURES = ['llb', 'sbi', 'afc', 'lasd', 'llsd'] as const satisfies readonly FeatureName[];

/** The name of a feature, or undefined if the text is none. */
export function featureName(text: unknown): FeatureName | undefined {
  return FEATURE_NAMES.find((name) => name === text);
}
