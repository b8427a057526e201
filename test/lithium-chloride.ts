/** Attributes of an OPTIMADE structure: lithium chloride in so many cells along each axis, edge a in Å. Takes long to label. */
export function lithiumChloride(cells: number, a = 5.13) {
  const positions: number[][] = [];
  for (let i = 0; i < cells; i++)
    for (let j = 0; j < cells; j++)
      for (let k = 0; k < cells; k++) positions.push([i * a, j * a, k * a], [(i + 0.5) * a, j * a, k * a]);
  return {
    lattice_vectors: [0, 1, 2].map((axis) => [0, 1, 2].map((other) => (axis === other ? cells * a : 0))),
    cartesian_site_positions: positions,
    species_at_sites: positions.map((_, i) => (i % 2 === 0 ? 'Li' : 'Cl')),
  };
}
