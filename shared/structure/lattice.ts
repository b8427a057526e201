/** Determinant of a lattice: the signed cell volume in Å³, negative for a left-handed cell. */
export function signedVolume(lattice: ArrayLike<number>): number {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = Array.from(lattice);
  return ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}

/**
 * The lattice itself, or its mirror image if it is left-handed: vectors turned round, so that equal fractional coordinates
 * give the inverted crystal, in which every distance is the same.
 */
export function rightHanded(lattice: Float64Array): Float64Array {
  return signedVolume(lattice) < 0 ? lattice.map((x) => -x) : lattice;
}

/**
 * Inverse of a lattice, shape (3, 3) row-major in 1/Å: fractional = Cartesian (as a row) × inverse. Its columns are the
 * reciprocal vectors without 2π, so 1 / |column i| is the spacing of the planes across cell vector i.
 *
 * @param lattice shape (3, 3) row-major, rows are the cell vectors in Å; volume not zero
 */
export function inverseLattice(lattice: ArrayLike<number>): Float64Array {
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = Array.from(lattice);
  const volume = signedVolume(lattice);
  // biome-ignore format: one row of the matrix a line
  const adjugate = [
    by * cz - bz * cy, az * cy - ay * cz, ay * bz - az * by,
    bz * cx - bx * cz, ax * cz - az * cx, az * bx - ax * bz,
    bx * cy - by * cx, ay * cx - ax * cy, ax * by - ay * bx,
  ];
  return Float64Array.from(adjugate, (value) => value / volume);
}

/** Distances between opposite faces of a cell, shape (3,) in Å: across a, b and c. */
export function planeSpacings(lattice: ArrayLike<number>): readonly [number, number, number] {
  const inverse = inverseLattice(lattice);
  const spacing = (i: number): number => 1 / Math.hypot(inverse[i], inverse[3 + i], inverse[6 + i]);
  return [spacing(0), spacing(1), spacing(2)];
}

/** A row vector times a (3, 3) row-major matrix. */
export function transform(x: number, y: number, z: number, matrix: ArrayLike<number>): [number, number, number] {
  return [
    x * matrix[0] + y * matrix[3] + z * matrix[6],
    x * matrix[1] + y * matrix[4] + z * matrix[7],
    x * matrix[2] + y * matrix[5] + z * matrix[8],
  ];
}

/**
 * Lattice from cell lengths (Å) and angles (degrees): a along x, b in the xy plane. Angles that no cell can have give NaN.
 *
 * @returns shape (3, 3) row-major, rows are the cell vectors in Å
 */
export function latticeFromParameters(
  lengths: readonly [number, number, number],
  angles: readonly [number, number, number],
): Float64Array {
  const [a, b, c] = lengths;
  const [cosAlpha, cosBeta, cosGamma] = angles.map(cosineOfDegrees);
  const sinGamma = Math.sqrt(1 - cosGamma * cosGamma);
  const cy = (cosAlpha - cosBeta * cosGamma) / sinGamma;
  const cz = Math.sqrt(1 - cosBeta * cosBeta - cy * cy);
  return Float64Array.of(a, 0, 0, b * cosGamma, b * sinGamma, 0, c * cosBeta, c * cy, c * cz);
}

/** Exactly 0 at 90°, so that orthogonal cells have no residue of π in their vectors; NaN outside (0, 180). */
function cosineOfDegrees(degrees: number): number {
  if (!(degrees > 0 && degrees < 180)) return Number.NaN;
  return degrees === 90 ? 0 : Math.cos((degrees * Math.PI) / 180);
}
