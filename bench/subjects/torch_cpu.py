"""PyTorch on the CPU. In f64 it also gives the answers that every subject is checked against."""

import time
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F

from network import batch_count, examples, initial_params
from numbers_twin import PARTS, checksums, uniform
from serve import Fault, Repeat, blas

CHECKED_UPDATES = 5


def open_subject(setting):
    torch.set_num_threads(int(setting["options"]["ownThreads"]))
    return Torch()


class Torch:
    @property
    def description(self):
        capability = torch.__config__.show().split("CPU capability usage: ")[-1].split("\n")[0]
        torch.mm(torch.ones(2, 2), torch.ones(2, 2))  # loads the BLAS library
        return {"version": f"{torch.__version__} ({capability}, {blas()})"}

    def prepare(self, workload, precision):
        dtype = torch.float64 if precision == "f64" else torch.float32
        tasks = {"step": Step, "predict": Predict, "gemm": Gemm, "adam": Adam, "recipe": Recipe}
        if workload["kind"] not in tasks:
            raise Fault("unsupported", f"no {workload['kind']}")
        return tasks[workload["kind"]](workload, dtype)


def forward(network, params, x):
    for layer, p in zip(network["layers"], params):
        kind = layer["kind"]
        if kind == "linear":
            x = F.linear(x, *p)
        elif kind == "conv":
            x = F.conv2d(x, *p, padding=layer["padding"])
        elif kind == "relu":
            x = F.relu(x)
        elif kind == "maxPool":
            x = F.max_pool2d(x, 2)
        elif kind == "flatten":
            x = x.flatten(1)
        elif kind == "transformer":
            x = transformer_block(x, p, layer["heads"])
    return x


def transformer_block(x, p, heads):
    batch, tokens, width = x.shape
    y = F.layer_norm(x, (width,), p[0], p[1])

    def split(i):
        return F.linear(y, p[i], p[i + 1]).view(batch, tokens, heads, width // heads).transpose(1, 2)

    query, key, value = split(2), split(4), split(6)
    mixed = attention(query, key, value).transpose(1, 2).reshape(batch, tokens, width)
    x = x + F.linear(mixed, p[8], p[9])
    y = F.layer_norm(x, (width,), p[10], p[11])
    return x + F.linear(F.gelu(F.linear(y, p[12], p[13])), p[14], p[15])


def attention(query, key, value):
    if hasattr(F, "scaled_dot_product_attention"):  # since 2.0
        return F.scaled_dot_product_attention(query, key, value)
    scores = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5
    return scores.softmax(-1) @ value


class Step:
    """One training step; batches are views of data that are there already."""

    def __init__(self, workload, dtype):
        self.workload = workload
        self.network = workload["network"]
        self.dtype = dtype
        self.batch = workload["batch"]
        self.batches = 1 if dtype == torch.float64 else batch_count(self.network, self.batch)
        inputs, targets = examples(self.network, self.batch * self.batches)
        self.inputs = torch.from_numpy(inputs).to(dtype).split(self.batch)
        self.targets = torch.from_numpy(targets).split(self.batch)
        self.reset()
        self.round = Repeat(self.next)

    def reset(self):
        layers = initial_params(self.network)
        self.params = [
            [torch.from_numpy(values).to(self.dtype).requires_grad_() for values in layer] for layer in layers
        ]
        flat = [p for layer in self.params for p in layer]
        rule = self.workload["optimizer"]
        make = torch.optim.SGD if rule["kind"] == "sgd" else torch.optim.Adam
        self.optimizer = make(flat, lr=rule["learningRate"])
        self.position = 0

    def step(self, i):
        logits = forward(self.network, self.params, self.inputs[i])
        loss = F.cross_entropy(logits.flatten(0, -2), self.targets[i].flatten())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def next(self):
        self.step(self.position)
        self.position = (self.position + 1) % self.batches

    def check(self):
        losses = [self.step(0).item() for _ in range(self.workload["checkedSteps"])]
        self.reset()
        return losses


class Predict:
    def __init__(self, workload, dtype):
        network = workload["network"]
        params = [[torch.from_numpy(p) for p in layer] for layer in initial_params(network)]
        x = examples(network, 1)[0]

        def predict():
            return forward(network, params, torch.from_numpy(x)).numpy()

        self.predict = torch.inference_mode()(predict)
        self.round = Repeat(self.predict, each=True)

    def check(self):
        return self.predict()[0].tolist()


class Gemm:
    def __init__(self, workload, dtype):
        n = self.n = workload["n"]
        a, b = (torch.from_numpy(uniform(i, n * n, -1, 1)).view(n, n) for i in range(2))
        self.c = torch.empty(n, n)
        self.round = Repeat(lambda: torch.mm(a, b, out=self.c))

    def check(self):
        self.round.work()
        return checksums(self.c.numpy(), self.n)


class Adam:
    """The default Adam."""

    def __init__(self, workload, dtype):
        self.size = workload["size"]
        self.p, grad = (torch.from_numpy(uniform(i, self.size, -1, 1)) for i in range(2))
        self.p.requires_grad_()
        self.p.grad = grad
        self.round = Repeat(torch.optim.Adam([self.p], lr=0.001).step)

    def check(self):
        for _ in range(CHECKED_UPDATES):
            self.round.work()
        return checksums(self.p.detach().numpy(), -(-self.size // PARTS))


class Recipe:
    """The handwritten digits; see workload.ts."""

    def __init__(self, workload, dtype):
        self.workload = workload
        torch.manual_seed(workload["seed"])

    def digits(self, name):
        folder = self.workload["data"]
        images = np.fromfile(f"{folder}/{name}-images-idx3-ubyte", np.uint8, offset=16)
        labels = np.fromfile(f"{folder}/{name}-labels-idx1-ubyte", np.uint8, offset=8)
        pixels = torch.from_numpy(images.reshape(-1, 784).astype(np.float32) / 255)
        return pixels, torch.from_numpy(labels.astype(np.int64))

    def round(self, ms):
        w = self.workload
        inputs, targets = self.digits("train")
        begin = time.perf_counter()
        # The weights of nn.Linear begin as the recipe says.
        layers = [torch.nn.Linear(*pair) for pair in zip(w["sizes"], w["sizes"][1:])]
        self.forward = lambda x: layers[-1](reduce(lambda y, layer: F.relu(layer(y)), layers[:-1], x))
        params = [p for layer in layers for p in layer.parameters()]
        optimizer = torch.optim.SGD(params, lr=w["learningRate"], momentum=w["momentum"])
        steps = -(-len(inputs) // w["batch"])
        total = steps * w["epochs"]
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / total)
        for _ in range(w["epochs"]):
            for rows in torch.randperm(len(inputs)).split(w["batch"]):
                loss = F.cross_entropy(self.forward(inputs[rows]), targets[rows])
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
                schedule.step()
        return {"iterations": 1, "ms": 1000 * (time.perf_counter() - begin)}

    def check(self):
        inputs, targets = self.digits("t10k")
        with torch.inference_mode():
            return [(self.forward(inputs).argmax(1) == targets).float().mean().item()]
