"""Products by NumPy, which hands them to a BLAS library: the limit if that is OpenBLAS."""

import numpy as np

from numbers_twin import uniform
from serve import Fault, Repeat, blas


def open_subject(setting):
    name = blas()
    if "openblas" not in name:
        raise Fault("absent", f"NumPy uses {name}; Debian's package libopenblas0-pthread replaces it")
    return OpenBlas(name)


class OpenBlas:
    def __init__(self, name):
        self.description = {"version": f"{name} by NumPy {np.__version__}"}

    def prepare(self, workload, precision):
        if workload["kind"] != "gemm":
            raise Fault("unsupported", "products only")
        return Gemm(workload["n"])


class Gemm:
    def __init__(self, n):
        self.n = n
        a, b = (uniform(i, n * n, -1, 1).reshape(n, n) for i in range(2))
        self.c = np.empty((n, n), np.float32)
        self.round = Repeat(lambda: np.matmul(a, b, out=self.c))

    def check(self):
        self.round.work()
        n = self.n
        return [float(self.c[i]) for i in [(0, 0), (n // 2, n // 3), (n - 1, n - 1)]]
