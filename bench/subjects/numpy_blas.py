"""Products by NumPy, which hands them to a BLAS library: the limit if that is OpenBLAS."""

import numpy as np

from network import CLASSES, examples, initial_params
from numbers_twin import checksums, uniform
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
        if workload["kind"] == "gemm":
            return Gemm(workload["n"])
        if workload["kind"] == "step" and all(layer["kind"] in ("linear", "relu") for layer in workload["network"]["layers"]):
            return StepProducts(workload)
        raise Fault("unsupported", "products only")


class Gemm:
    def __init__(self, n):
        self.n = n
        a, b = (uniform(i, n * n, -1, 1).reshape(n, n) for i in range(2))
        self.c = np.empty((n, n), np.float32)
        self.round = Repeat(lambda: np.matmul(a, b, out=self.c))

    def check(self):
        self.round.work()
        return checksums(self.c, self.n)


class StepProducts:
    """The products of a training step of linear layers, into arrays that are there. To show that they are the right ones,
    `check` trains with them; what is timed is they alone."""

    def __init__(self, workload):
        self.workload = workload
        network, batch = workload["network"], workload["batch"]
        self.params = [layer for layer in initial_params(network) if layer]
        inputs, targets = examples(network, batch)
        self.one_hot = np.eye(CLASSES, dtype=np.float32)[targets]
        weights = [weight for weight, _ in self.params]
        self.x = [inputs] + [np.zeros((batch, weight.shape[0]), np.float32) for weight in weights[:-1]]
        self.y = [np.zeros((batch, weight.shape[0]), np.float32) for weight in weights]
        self.dy = [np.zeros_like(y) for y in self.y]
        self.dx = [np.zeros_like(x) for x in self.x]
        self.dw = [np.zeros_like(weight) for weight in weights]
        self.round = Repeat(self.products)

    def forward(self, i):
        np.matmul(self.x[i], self.params[i][0].T, out=self.y[i])

    def backward(self, i):
        np.matmul(self.dy[i].T, self.x[i], out=self.dw[i])
        if i > 0:
            np.matmul(self.dy[i], self.params[i][0], out=self.dx[i])

    def products(self):
        for i in range(len(self.params)):
            self.forward(i)
        for i in reversed(range(len(self.params))):
            self.backward(i)

    def step(self, update):
        last = len(self.params) - 1
        for i, (_, bias) in enumerate(self.params):
            self.forward(i)
            self.y[i] += bias
            if i < last:
                np.maximum(self.y[i], 0, out=self.x[i + 1])
        shifted = self.y[last] - self.y[last].max(1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        self.dy[last][:] = (np.exp(logs) - self.one_hot) / len(logs)
        for i in reversed(range(last + 1)):
            self.backward(i)
            if i > 0:
                self.dy[i - 1][:] = self.dx[i] * (self.x[i] > 0)
        for i, (weight, bias) in enumerate(self.params):
            update(2 * i, weight, self.dw[i])
            update(2 * i + 1, bias, self.dy[i].sum(0))
        return float(-(logs * self.one_hot).sum() / len(logs))

    def check(self):
        rule = self.workload["optimizer"]
        update = Adam(rule["learningRate"]) if rule["kind"] == "adam" else Sgd(rule["learningRate"])
        return [self.step(update) for _ in range(self.workload["checkedSteps"])]


class Sgd:
    def __init__(self, rate):
        self.rate = np.float32(rate)

    def __call__(self, key, param, grad):
        param -= self.rate * grad


class Adam:
    """As ADAM in workloads/answer.ts."""

    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, rate):
        self.rate = rate
        self.slots = {}

    def __call__(self, key, param, grad):
        t, m, v = self.slots.get(key, (0, np.zeros_like(param), np.zeros_like(param)))
        t += 1
        m = np.float32(self.BETA1) * m + np.float32(1 - self.BETA1) * grad
        v = np.float32(self.BETA2) * v + np.float32(1 - self.BETA2) * grad * grad
        self.slots[key] = (t, m, v)
        mean, square = m / np.float32(1 - self.BETA1**t), v / np.float32(1 - self.BETA2**t)
        param -= np.float32(self.rate) * mean / (np.sqrt(square) + np.float32(self.EPSILON))
