/**
 * A crystal structure as a flat list of occupants. A fully ordered site has one occupant of occupancy 1; a disordered
 * one has several, or one of lower occupancy. Built by `createStructure`, which validates it.
 */
export interface Structure {
  readonly id: string; // database identifier or file name, used in every error message
  readonly lattice: Float64Array; // shape (3, 3) row-major: rows are the cell vectors a, b, c in Å
  readonly atomicNumbers: Uint8Array; // shape (occupants,)
  readonly fractional: Float64Array; // shape (occupants, 3) row-major, each in [0, 1)
  readonly occupancies: Float64Array; // shape (occupants,), each in (0, 1]
  readonly sites: Uint32Array; // shape (occupants,): occupants of equal site exclude each other
}
