"""The student in numpy, from the weights of its ONNX model; what `forward` of shared/student/network.ts computes."""

import numpy as np
import onnx
from onnx import numpy_helper


class Student:
    def __init__(self, path):
        model = onnx.load(path)
        tensors = [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]
        encode, direct, table, _, context, vector, _, second, second_bias, last, last_bias = (
            tensor for tensor in tensors if tensor.dtype == np.float32
        )
        self.encode, self.direct, self.table = encode, direct, table  # one row per element
        self.context, self.vector = context, vector
        self.second, self.second_bias, self.last, self.last_bias = second, second_bias, last, last_bias
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        self.rows = {symbol: row for row, symbol in enumerate(metadata["element_symbols"].split())}

    def vectors(self, elements):
        """Vector of each element in its system, shape (systems, k, first), of table rows (systems, k)."""
        properties = self.table[elements]
        arity = np.full((len(elements), 1), elements.shape[1], np.float32)
        pooled = [properties.min(axis=1), properties.max(axis=1), properties.mean(axis=1), arity]
        context = np.concatenate(pooled, axis=1) @ self.context
        hidden = np.maximum(self.encode[elements] + context[:, None, :], 0)
        return hidden @ self.vector + self.direct[elements]

    def head(self, mixed):
        """Logits, shape (n,), of what a composition mixes from the vectors of its elements, shape (n, first)."""
        first = np.maximum(mixed, 0)
        second = np.maximum(first @ self.second + self.second_bias, 0)
        return (second @ self.last + self.last_bias)[:, 0]


def fractions(amounts):
    return amounts / amounts.sum(axis=1, keepdims=True)
