"""Networks and their initial weights: the twin of workloads/network.ts."""

from math import prod, sqrt

from numbers_twin import integers, uniform

INPUT_STREAM = 1000
TARGET_STREAM = 1001
CLASSES = 10
DATA_SIZE = 4 * 1024 * 1024
MAX_BATCHES = 1024


def affine(out, *rest):
    bound = 1 / sqrt(prod(rest))
    return [((out, *rest), -bound, bound), ((out,), -bound, bound)]


def normalisation(width):
    return [((width,), 0.5, 1.5), ((width,), -0.5, 0.5)]


def param_specs(layer):
    kind = layer["kind"]
    if kind == "linear":
        return affine(layer["out"], layer["in"])
    if kind == "conv":
        return affine(layer["out"], layer["in"], layer["kernel"], layer["kernel"])
    if kind == "transformer":
        width, hidden = layer["width"], layer["hidden"]
        attention = [spec for _ in range(4) for spec in affine(width, width)]
        feed_forward = affine(hidden, width) + affine(width, hidden)
        return normalisation(width) + attention + normalisation(width) + feed_forward
    return []


def initial_params(network):
    stream = 0
    layers = []
    for layer in network["layers"]:
        params = []
        for shape, low, high in param_specs(layer):
            params.append(uniform(stream, prod(shape), low, high).reshape(shape))
            stream += 1
        layers.append(params)
    return layers


def examples(network, rows):
    inputs = uniform(INPUT_STREAM, rows * prod(network["inputShape"]), 0, 1)
    targets = integers(TARGET_STREAM, rows * prod(network["targetShape"]), CLASSES)
    return inputs.reshape(rows, *network["inputShape"]), targets.reshape(rows, *network["targetShape"])


def batch_count(network, batch):
    fitting = DATA_SIZE // (batch * prod(network["inputShape"]))
    return max(4, min(MAX_BATCHES, fitting))
