/** A format of structures in JSON that is not read, and how to get one that is. */
interface ForeignFormat {
  readonly name: string;
  readonly remedy: string;
}

const PYMATGEN = {
  name: "pymatgen's JSON",
  remedy: `Write it as CIF: Structure.to("x.cif") of pymatgen does; a document of mp-api has it as doc.structure.`,
};
const ASE = { name: "ASE's JSON", remedy: 'Write it as CIF: ase.io.write("x.cif", atoms) does, or `ase convert`.' };
const JARVIS = { name: "JARVIS's JSON", remedy: 'Write it as CIF: Atoms.from_dict(d).write_cif("x.cif") does.' };

const DEEPEST = 4; // levels that programs put around a structure, such as a list of documents
const MOST = 10; // values of one level that are looked at

/** The format of other programs that a JSON value holds a structure of, if it is one that is known. */
export function foreignFormat(value: unknown, depth = 0): ForeignFormat | undefined {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return undefined;
  const own = formatOf(value as Record<string, unknown>);
  if (own !== undefined) return own;
  for (const inner of Object.values(value).slice(0, MOST)) {
    const found = foreignFormat(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function formatOf(value: Record<string, unknown>): ForeignFormat | undefined {
  if (String(value['@module']).startsWith('pymatgen') || ('lattice' in value && 'sites' in value)) return PYMATGEN;
  if ('positions' in value && ('numbers' in value || 'symbols' in value)) return ASE;
  if ('lattice_mat' in value && 'coords' in value) return JARVIS;
  return undefined;
}
