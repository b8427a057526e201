"""SMACT's filter over every system of a space: neutral ratios, then the Pauling test."""

from itertools import combinations

from serve import serve, task
from smact import Element
from smact.screening import smact_filter

space = task()
states_file = space["statesFile"]
with open(states_file, "w") as file:
    for symbol, states in space["states"].items():
        print(symbol, *states, file=file)
elements = {symbol: Element(symbol) for symbol in space["states"]}
for symbol, electronegativity in space["electronegativity"].items():
    if elements[symbol].pauling_eneg != electronegativity:
        raise SystemExit(f"electronegativity of {symbol}: SMACT has {elements[symbol].pauling_eneg}, not {electronegativity}")


def run():
    found = []
    least, most = space["arity"]
    for arity in range(least, most + 1):
        for partners in combinations(space["elements"], arity - 1):
            system = [elements[symbol] for symbol in (space["mobileIon"], *partners)]
            found += smact_filter(
                system, threshold=space["maxCoefficient"], species_unique=False, oxidation_states_set=states_file
            )
    return found


def write(found, path):
    with open(path, "w") as file:
        for symbols, amounts in found:
            print(*sorted(f"{symbol}{amount}" for symbol, amount in zip(symbols, amounts)), file=file)


serve(run, write)
