"""
How gemmi and pymatgen read the CIF files, and pymatgen and ASE the POSCAR files, that ionsieve has read: counts, refusals
by reason, and every structure that it reads in another way. Who is right then, the file has to tell.

structure_readers.py FOLDER READINGS.jsonl, which structure-readings.js has written
"""

import gzip
import io
import json
import multiprocessing
import os
import re
import signal
import sys
import warnings
from collections import Counter

import ase.io.vasp
import gemmi
import numpy as np
from pymatgen.core import DummySpecies, Element
from pymatgen.io.cif import CifParser
from pymatgen.io.vasp import Poscar

SECONDS = 20  # a reader's time for one file
HKL = "100 010 001 110 101 011 111 200 020 002 123 312 400 040 004".split()
ORDERS = np.array([[int(digit) for digit in order] for order in HKL])
BOTH, SOME, NONE = "both alike", "one, or both and not alike", "none"


def reading(lattice, atoms):
    """
    Atoms per cell by element, volume in Å³ and |F(hkl)| / F(000) of scatterers Z × occupancy, which tells where atoms are,
    whatever the origin. None where an atom has no element.
    """
    numbers, occupancies, positions = np.split(np.array(atoms, float), [1, 2], axis=1)
    if len(atoms) == 0 or not np.all(numbers > 0):
        return None
    amounts = np.bincount(numbers[:, 0].astype(int), occupancies[:, 0], 120)
    weights = numbers * occupancies
    factors = np.abs((weights * np.exp(2j * np.pi * positions @ ORDERS.T)).sum(axis=0)) / weights.sum()
    return amounts, abs(np.linalg.det(np.array(lattice, float).reshape(3, 3))), factors


def alike(ours, theirs):
    (amounts, volume, factors), (their_amounts, their_volume, their_factors) = ours, theirs
    return (
        np.allclose(amounts, their_amounts, rtol=0.01, atol=0.01)
        and np.isclose(volume, their_volume, rtol=0.01)
        and np.allclose(factors, their_factors, rtol=0, atol=0.01)
    )


def text_of(path):
    with open(path, "rb") as file:
        data = file.read()
    data = gzip.decompress(data) if path.endswith(".gz") else data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def gemmi_cif(text):
    for block in gemmi.cif.read_string(text):
        if block.find_values("_atom_site_fract_x"):
            yield block.name, lambda: gemmi_structure(gemmi.make_small_structure_from_block(block))


def gemmi_structure(small):
    sites = small.get_all_unit_cell_sites()
    lattice = np.array(small.cell.orth.mat.tolist()).T
    return reading(lattice, [(site.element.atomic_number, site.occ, *site.fract.tolist()) for site in sites])


def pymatgen_cif(text):
    parser = CifParser.from_str(text, occupancy_tolerance=1e6)
    for name, block in parser._cif.data.items():  # parse_structures() does not tell which block a structure is of
        if any(tag.lower() == "_atom_site_fract_x" for tag in block.data):
            yield name, lambda: pymatgen_structure(parser._get_structure(block, primitive=False, symmetrized=False))


def pymatgen_structure(structure):
    return reading(
        structure.lattice.matrix,
        [
            (0 if isinstance(kind, DummySpecies) else Element(kind.symbol).Z, amount, *site.frac_coords)
            for site in structure
            for kind, amount in site.species.items()
        ],
    )


def pymatgen_poscar(text):
    yield "", lambda: pymatgen_structure(Poscar.from_str(text).structure)


def ase_poscar(text):
    atoms = ase.io.vasp.read_vasp(io.StringIO(text))
    sites = [(number, 1, *position) for number, position in zip(atoms.numbers, atoms.get_scaled_positions())]
    yield "", lambda: reading(atoms.cell, sites)


READERS = {
    "cif": {"gemmi": gemmi_cif, "pymatgen": pymatgen_cif},
    "poscar": {"pymatgen": pymatgen_poscar, "ASE": ase_poscar},
}


def read(reader, path):
    """Pairs of a block's name and its reading, None for what is refused."""
    found = []
    signal.alarm(SECONDS)
    try:
        for name, structure in reader(text_of(path)):
            found.append([name, None])
            try:
                found[-1][1] = structure()
            except Exception:
                continue  # the next block may be read
    except Exception:
        pass  # what a reader raises is its refusal
    finally:
        signal.alarm(0)
    return found


def judge(line):
    """A row for each structure of a file: format, class, who else reads a refused one, and what is told of it."""
    path = os.path.join(sys.argv[1], line["path"])
    found = {name: read(reader, path) for name, reader in READERS[line["format"]].items()}
    rows = []
    for number, ours in enumerate(line["structures"]):
        block, count = ours["id"].split(":", 2)[-1], len(line["structures"])
        theirs = {name: counterpart(of, number, block, count) for name, of in found.items()}
        kind, detail = classify(ours, {name: of for name, of in theirs.items() if of is not None})
        rows.append((line["format"], kind, detail, line["path"]))
    return rows


def counterpart(found, number, block, count):
    """What a reader made of our structure: the block of its number or, or else its name; of one alone the first."""
    if count == 1:
        return next((of for _, of in found if of is not None), None)
    return found[number][1] if len(found) == count else dict(found).get(block)


def classify(ours, theirs):
    if "problem" in ours:
        both = len(theirs) == 2 and alike(*theirs.values())
        return f"refused, read by {BOTH if both else SOME if theirs else NONE}", reason(ours["problem"])
    own = reading(ours["lattice"], ours["atoms"])
    detail = "; ".join(f"{name} {formula(of)}" for name, of in {"ionsieve": own, **theirs}.items())
    same = [name for name, of in theirs.items() if alike(own, of)]
    kind = "alike" if len(same) == len(theirs) else "disputed, alike" if same else "otherwise"
    return (f"{kind} {' and '.join(same)}".strip() if theirs else "read by ionsieve alone"), detail


def formula(of):
    amounts, volume, _ = of
    return " ".join(f"{Element.from_Z(z)}{amounts[z]:g}" for z in np.flatnonzero(amounts)) + f" in {volume:.2f} Å³"


def reason(problem):
    """A message without what is particular to a file: quotes, parentheses, numbers, labels, formulas."""
    masked = re.sub(r"^structure \S+: ", "", problem)
    masked = re.sub(r'"(\\.|[^"\\])*"|\([^)]*\)|\S*[\dA-Z]\S*|\S+,\S+', "…", masked)
    return re.sub(r"\s+", " ", re.sub(r"…(\W*…)*", "…", masked)).strip()[:72]


def prepare():
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    signal.signal(signal.SIGALRM, stop)


def stop(*_):
    raise TimeoutError


if __name__ == "__main__":
    with open(sys.argv[2]) as file:
        lines = [json.loads(line) for line in file]
    with multiprocessing.Pool(initializer=prepare) as pool:
        rows = [row for rows in pool.imap(judge, lines, 8) for row in rows]
    print(f"{len(lines)} files, {len(rows)} structures")
    for (format, kind), count in sorted(Counter(row[:2] for row in rows).items()):
        print(f"{count:6} {format} {kind}")
    refused = [row[:3] for row in rows if row[1].startswith("refused")]
    print(f"refused, of which others read: {BOTH}; {SOME}; {NONE}")
    counts = Counter(refused)
    for (format, problem), count in Counter((format, problem) for format, _, problem in refused).most_common():
        by_readers = (counts[format, f"refused, read by {who}", problem] for who in (BOTH, SOME, NONE))
        print(f"{count:6}", *(f"{of:5}" for of in by_readers), format, problem)
    for _, kind, detail, path in rows:
        if kind.startswith(("otherwise", "disputed", "read by ionsieve alone")):
            print(f"{kind}: {path}: {detail}")
