"""Formulas to logits by the student in numpy, all compositions of one number of elements at once."""

import re
from collections import defaultdict

import numpy as np
from serve import serve, task
from student import Student, fractions

given = task()
student = Student(given["student"])
AMOUNT = re.compile(r"([A-Z][a-z]?)(\d*)")
AT_ONCE = 1024  # compositions: what they need stays in the cache


def run():
    by_arity = defaultdict(lambda: ([], [], []))  # positions, table rows, amounts
    for position, formula in enumerate(given["formulas"]):
        parts = AMOUNT.findall(formula)
        positions, rows, amounts = by_arity[len(parts)]
        positions.append(position)
        rows.append([student.rows[symbol] for symbol, _ in parts])
        amounts.append([int(amount or 1) for _, amount in parts])
    logits = np.empty(len(given["formulas"]), np.float32)
    for positions, rows, amounts in by_arity.values():
        positions, rows = np.array(positions), np.array(rows)
        shares = fractions(np.array(amounts, np.float32))
        for start in range(0, len(positions), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            mixed = (shares[part, None, :] @ student.vectors(rows[part]))[:, 0, :]
            logits[positions[part]] = student.head(mixed)
    return logits


serve(run, lambda logits, path: logits.tofile(path))
