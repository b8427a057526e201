import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StructureLabel } from '../shared/labels/label.ts';
import { formatLabels, readLabels } from '../shared/labels/labels-file.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const SHIPPED_LABELS = join(ROOT, 'data/labels.csv.gz');
export const SHIPPED_TEACHER = join(ROOT, 'models/teacher-sendek-2017.json');

let shipped: Promise<StructureLabel[]> | undefined; // read once per test file

/** Text of those shipped labels that `keep` takes. */
export async function someLabels(keep: (label: StructureLabel) => boolean): Promise<string> {
  shipped ??= readLabels(SHIPPED_LABELS);
  return formatLabels((await shipped).filter(keep));
}

/** About 800 structures, half of them positive. */
export const hasSoftAnion = ({ anion }: StructureLabel): boolean => ['S', 'Se', 'Cl', 'Br'].includes(anion);
