"""One side of a comparison: a process that repeats its work whenever a line comes in, and tells the processor time."""

import json
import os
import sys
import time

# Answers have standard output to themselves: what libraries print goes to standard error.
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def task():
    """What the comparison asks for: the JSON file named first on the command line."""
    with open(sys.argv[1]) as file:
        return json.load(file)


def serve(run, write):
    """
    Repeat `run` once per line of standard input. The result of the first time goes to `write(result, path)`, with the
    path that the command line names second.
    """
    _reply({"prepared": True})
    written = False
    for _ in sys.stdin:
        begin = time.process_time()
        result = run()
        seconds = time.process_time() - begin
        if not written:
            write(result, sys.argv[2])
            written = True
        _reply({"seconds": seconds})


def write_json(result, path):
    with open(path, "w") as file:
        json.dump(result, file)


def _reply(answer):
    print(json.dumps(answer), file=_answers, flush=True)
