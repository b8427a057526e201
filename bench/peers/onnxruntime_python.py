"""ONNX Runtime from Python: the logits of every batch of a screening."""

import numpy as np
import onnxruntime
from batches import read_batches
from serve import serve, task

given = task()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(given["student"], options, providers=["CPUExecutionProvider"])
batches = read_batches(given)


def run():
    return [session.run(["logit"], {"elements": rows, "amounts": amounts})[0] for _, rows, amounts, _ in batches]


serve(run, lambda logits, path: np.concatenate([part.ravel() for part in logits]).tofile(path))
