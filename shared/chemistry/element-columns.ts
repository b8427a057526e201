/** One numeric column of the element table. */
export interface ElementColumn {
  readonly name: string; // how descriptors name it
  readonly csv: string; // its column in the CSV that `data/build-elements.ts` reads
  readonly unit: string;
  readonly source: string;
  readonly zeroIsUnknown: boolean; // the collection writes 0 where nothing is tabulated
}

/** Symbol, one value per {@link ELEMENT_COLUMNS} entry (null = unknown), then common, ICSD and all known oxidation states. */
export type ElementRow = readonly [
  symbol: string,
  properties: readonly (number | null)[],
  common: readonly number[],
  icsd: readonly number[],
  known: readonly number[],
];

const PYMATGEN = 'pymatgen periodic_table.json (Ong et al. 2013), from Wikipedia and WebElements';
const SHANNON = 'Shannon, Acta Cryst. A 32, 751 (1976), averaged over oxidation states in pymatgen';
const NIST = 'NIST Atomic Spectra Database, through pymatgen';

function column(name: string, csv: string, unit: string, source: string, zeroIsUnknown = false): ElementColumn {
  return { name, csv, unit, source, zeroIsUnknown };
}

/** The numeric columns of the element table, in the order of its rows. */
export const ELEMENT_COLUMNS: readonly ElementColumn[] = [
  column(
    'electronegativity',
    'electronegativity_pauling',
    'Pauling',
    'Pauling scale as revised by Allred 1961, through pymatgen',
  ),
  column('atomicMass', 'atomic_mass_u', 'u', PYMATGEN),
  column('atomicNumber', 'atomic_number', '1', 'IUPAC'),
  column('period', 'period', '1', 'IUPAC'),
  column('group', 'group', '1', 'IUPAC'),
  column('mendeleevNumber', 'mendeleev_number', '1', 'Pettifor, Solid State Commun. 51, 31 (1984), through pymatgen'),
  column('atomicRadius', 'atomic_radius_angstrom', 'Å', 'Slater, J. Chem. Phys. 41, 3199 (1964), through pymatgen'),
  column(
    'calculatedRadius',
    'atomic_radius_calculated_angstrom',
    'Å',
    'Clementi et al., J. Chem. Phys. 47, 1300 (1967), through pymatgen',
  ),
  column('vanDerWaalsRadius', 'van_der_waals_radius_angstrom', 'Å', PYMATGEN),
  column('ionicRadius', 'average_ionic_radius_angstrom', 'Å', SHANNON, true),
  column('cationicRadius', 'average_cationic_radius_angstrom', 'Å', SHANNON, true),
  column('anionicRadius', 'average_anionic_radius_angstrom', 'Å', SHANNON, true),
  column('meltingPoint', 'melting_point_K', 'K', PYMATGEN),
  column('boilingPoint', 'boiling_point_K', 'K', PYMATGEN),
  column('molarVolume', 'molar_volume_cm3_per_mol', 'cm³/mol', PYMATGEN),
  column('density', 'density_of_solid_kg_per_m3', 'kg/m³', PYMATGEN),
  column('thermalConductivity', 'thermal_conductivity_W_per_mK', 'W/(m·K)', PYMATGEN),
  column('firstIonizationEnergy', 'first_ionization_energy_eV', 'eV', NIST),
  column('electronAffinity', 'electron_affinity_eV', 'eV', PYMATGEN),
  column('valenceS', 'valence_s_electrons', 'electrons', PYMATGEN),
  column('valenceP', 'valence_p_electrons', 'electrons', PYMATGEN),
  column('valenceD', 'valence_d_electrons', 'electrons', PYMATGEN),
  column('valenceF', 'valence_f_electrons', 'electrons', PYMATGEN),
];
