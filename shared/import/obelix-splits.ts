/** Tables of OBELiX. */
export const SPLITS = ['train', 'test', 'all'] as const;
export type ObelixSplit = (typeof SPLITS)[number];
