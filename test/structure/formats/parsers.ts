import type { Place } from '../../../shared/errors.ts';
import { atomBlocks, readCifBlock } from '../../../shared/structure/formats/cif.ts';
import { parseJson, readOptimade } from '../../../shared/structure/formats/optimade.ts';
import type { Structure } from '../../../shared/structure/structure.ts';

/** The structures of a CIF, all of which are usable. */
export function parseCif(text: string, name: string, file = name): Structure[] {
  return atomBlocks(text, name, file).map(({ id, block }) => readCifBlock(block, id, file));
}

/** The structure of one line of OPTIMADE JSON Lines. */
export function parseOptimadeLine(line: string, place: Place): Structure {
  return readOptimade(parseJson(line, place), place);
}
