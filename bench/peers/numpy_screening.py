"""A screening in numpy: logits, counts, histogram and the best compositions, at most a few of one system."""

import numpy as np
from batches import read_batches
from serve import serve, task, write_json
from student import Student, fractions

given = task()
student = Student(given["student"])
batches = read_batches(given)
top, per_system, pass_logit = given["top"], given["perSystem"], given["passLogit"]
low, high, per_unit = given["histogram"]
bins = (high - low) * per_unit + 2


def score(rows, amounts):
    """Logits, shape (systems, stoichiometries): one wide product for all systems."""
    systems, k = rows.shape
    vectors = student.vectors(rows).transpose(1, 0, 2).reshape(k, -1)
    mixed = (fractions(amounts) @ vectors).reshape(len(amounts) * systems, -1)
    return student.head(mixed).reshape(len(amounts), systems).T


def best(indices, logits, count):
    """The best of some compositions, in any order."""
    if len(logits) <= count:
        return indices, logits
    kept = np.argpartition(-logits, count - 1)[:count]
    return indices[kept], logits[kept]


def best_of_systems(logits, first_index):
    systems, stoichiometries = logits.shape
    if stoichiometries <= per_system:
        columns = np.broadcast_to(np.arange(stoichiometries), logits.shape)
    else:
        columns = np.argpartition(-logits, per_system - 1, axis=1)[:, :per_system]
    indices = first_index + np.arange(systems)[:, None] * stoichiometries + columns
    return indices.ravel(), np.take_along_axis(logits, columns, axis=1).ravel()


def run():
    histogram = np.zeros(bins, np.int64)
    passed_by_row = np.zeros(len(student.rows), np.int64)
    indices, ranked = np.empty(0, np.int64), np.empty(0, np.float32)
    pieces = []  # batches of a system that has more than one
    for first_index, rows, amounts, ends_systems in batches:
        logits = score(rows, amounts)
        bin_of = np.clip(np.floor((logits - low) * per_unit).astype(np.int64) + 1, 0, bins - 1)
        histogram += np.bincount(bin_of.ravel(), minlength=bins)
        passed = (logits >= pass_logit).sum(axis=1)
        np.add.at(passed_by_row, rows.ravel(), np.repeat(passed, rows.shape[1]))
        pieces.append(logits)
        if not ends_systems:
            continue
        whole = np.concatenate(pieces, axis=1) if len(pieces) > 1 else logits
        more, their_logits = best_of_systems(whole, first_index + logits.shape[1] - whole.shape[1])
        pieces = []
        indices, ranked = best(np.append(indices, more), np.append(ranked, their_logits), top)
    order = np.lexsort((indices, -ranked))
    return histogram, passed_by_row, indices[order], ranked[order]


def write(result, path):
    names = ("histogram", "passedByRow", "indices", "logits")
    write_json({name: values.tolist() for name, values in zip(names, result)}, path)


serve(run, write)
