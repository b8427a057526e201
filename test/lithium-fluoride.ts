/** Attributes of an OPTIMADE structure: LiF in the caesium chloride type, a = 3 Å. */
export const LITHIUM_FLUORIDE = {
  lattice_vectors: [
    [3, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
  ],
  cartesian_site_positions: [
    [0, 0, 0],
    [1.5, 1.5, 1.5],
  ],
  species_at_sites: ['Li', 'F'],
};
