"""The batches of a screening, as the comparison stores them: systems of one class by some of its stoichiometries."""

import numpy as np


def read_batches(given):
    """
    Of every batch: index of its first composition, table rows (systems, k), amounts (stoichiometries, k), and whether it
    has the last stoichiometries of its systems.
    """
    elements = np.fromfile(given["elements"], np.int64)
    amounts = np.fromfile(given["amounts"], np.float32)
    batches = []
    for batch in given["batches"]:
        k, systems, stoichiometries = batch["k"], batch["systems"], batch["stoichiometries"]
        rows = elements[batch["elementsFrom"] :][: systems * k].reshape(systems, k)
        counts = amounts[batch["amountsFrom"] :][: stoichiometries * k].reshape(stoichiometries, k)
        batches.append((batch["firstIndex"], rows, counts, batch["endsSystems"]))
    return batches
