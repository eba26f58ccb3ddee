"""Writes the golden values beside this file: what PyTorch and NumPy make of the inputs that are written down with them.

    OPENBLAS_CORETYPE=SkylakeX /usr/bin/python3 packages/glassnet/test/golden/make.py

Everything is computed in f64 from inputs that f32 holds exactly, so the same values judge both precisions. Numbers are
printed with the digits that give back the same f64; NaN and infinities are strings. Gradients are those of
sum(output * cotangent), for every operand that is a float.
"""

import json
import math
import pathlib
import platform

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.use_deterministic_algorithms(True)
torch.set_num_threads(1)

INF, NAN = math.inf, math.nan
FOLDER = pathlib.Path(__file__).parent
VERSIONS = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


# Numbers


class Numbers:
    """Fixed sequences of numbers with few digits: multiples of 1/64, exact in f32."""

    def __init__(self, seed):
        self.state = np.random.RandomState(seed)

    def normal(self, *shape, scale=1.0):
        return torch.tensor(np.round(self.state.normal(size=shape) * scale * 64) / 64)

    def positive(self, *shape):
        return torch.tensor(np.round(self.state.uniform(0.5, 2, size=shape) * 64) / 64)

    def distinct(self, *shape):
        """No two alike, and none at a kink."""
        order = self.state.permutation(int(np.prod(shape)))
        return torch.tensor((order - len(order) // 2) * 0.5 + 0.25).reshape(shape)

    def below(self, n, *shape):
        return torch.tensor(self.state.randint(0, n, size=shape))


def number(x):
    if isinstance(x, (bool, np.bool_)):
        return int(x)
    if isinstance(x, int):
        return x
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return x


def array(x):
    dtype = {torch.float64: "f64", torch.int64: "i32", torch.bool: "bool"}[x.dtype]
    return {"dtype": dtype, "shape": list(x.shape), "data": [number(v) for v in x.detach().reshape(-1).tolist()]}


def write(name, content):
    lines = ["{", f'"made with": {json.dumps(VERSIONS)},']
    rows = [json.dumps(row, separators=(",", ":"), ensure_ascii=False, allow_nan=False) for row in content["cases"]]
    rest = {key: value for key, value in content.items() if key != "cases"}
    lines += [f'"{key}": {json.dumps(value, separators=(",", ":"))},' for key, value in rest.items()]
    lines += ['"cases": [', ",\n".join(rows), "]", "}"]
    (FOLDER / f"{name}.json").write_text("\n".join(lines) + "\n", encoding="utf-8")


def known(value, derivative):
    """The function `value`, whose derivative is known: for where PyTorch's own derivative drops small numbers."""
    return lambda x: value(x).detach() + (x - x.detach()) * derivative(x.detach())


def softplus(x):
    """F.softplus leaves out e^-x from 20 on; log sigmoid does not."""
    return -F.logsigmoid(-x)


def differentiated(inputs, f, numbers, gradient=True):
    """Outputs of f, a cotangent for each that is a float, and the gradients for the inputs that are floats."""
    leaves = [x.clone().requires_grad_(gradient and x.is_floating_point()) for x in inputs]
    outputs = f(*leaves)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    smooth = [y for y in outputs if y.requires_grad]
    cotangents = [numbers.normal(*y.shape) for y in smooth]
    targets = [x for x in leaves if x.requires_grad]
    if not smooth:
        return outputs, [], []
    grads = torch.autograd.grad(smooth, targets, cotangents, allow_unused=True)
    grads = [torch.zeros_like(x) if g is None else g for x, g in zip(targets, grads)]
    return outputs, cotangents, grads


# Operations


def operations():
    cases = []

    def case(op, title, inputs, f, gradient=True, **options):
        numbers = Numbers(1000 + len(cases))
        inputs = [x if torch.is_tensor(x) else torch.tensor(x) for x in inputs]
        outputs, cotangents, grads = differentiated(inputs, f, numbers, gradient)
        row = {"op": op, "title": title}
        if options:
            row["options"] = options
        row["inputs"] = [array(x) for x in inputs]
        row["outputs"] = [array(y) for y in outputs]
        if cotangents:
            row["cotangents"] = [array(g) for g in cotangents]
            row["grads"] = [array(g) for g in grads]
        cases.append(row)

    r = Numbers(0)
    SPECIAL = [NAN, INF, -INF, 0.0, -0.0]

    # Elementwise. torch.where and clamp choose at equality as the formulas say, so kinks are cases of their own.
    wide = torch.tensor([-1e4, -745.0, -100.0, -20.5, -5.0, -1.0, -0.015625, 0.0, 2.0**-40, 0.5, 1.0, 3.0, 20.5, 88.0, 1e4])

    def elementwise(op, f, values=None, derivative=None, **options):
        case(op, "ordinary values", [r.normal(3, 4, scale=2)], f, **options)
        exact = f if derivative is None else known(f, derivative)
        case(op, "small and large values", [wide if values is None else values], exact, **options)
        case(op, "NaN, infinities and zeros", [SPECIAL], f, gradient=False, **options)

    elementwise("square", torch.square)
    elementwise("reciprocal", torch.reciprocal, values=torch.tensor([-1e4, -0.015625, 2.0**-40, 3.0]))
    elementwise("ceil", torch.ceil)
    minus_one = torch.tensor([-1e4, -40.0, -1.0, -0.9375, -(2.0**-30), 2.0**-60, 0.0, 0.9375, 1.0, 80.0])
    elementwise("expm1", torch.expm1, values=minus_one, derivative=torch.exp)
    case("log1p", "ordinary values", [r.positive(3, 4)], torch.log1p)
    case(
        "log1p",
        "close to 0, close to -1 and large",
        [[-1.0, -0.9990234375, -0.5, -(2.0**-30), 2.0**-60, 0.0, 2.0**-12, 2.0**100]],
        torch.log1p,
    )
    case("log1p", "NaN, infinities and numbers without a logarithm", [[*SPECIAL, -2.0]], torch.log1p, gradient=False)
    elementwise("sigmoid", torch.sigmoid, derivative=lambda x: torch.sigmoid(x) * torch.sigmoid(-x))
    elementwise("softplus", softplus, derivative=torch.sigmoid)
    elementwise("relu", F.relu)
    elementwise("leakyRelu", F.leaky_relu)
    elementwise("leakyRelu", lambda x: F.leaky_relu(x, 0.25), slope=0.25)
    elementwise("elu", F.elu)
    elementwise("elu", lambda x: F.elu(x, 1.5), alpha=1.5)
    elementwise("silu", F.silu)
    elementwise("gelu", F.gelu, values=wide[3:], form="erf")
    elementwise("gelu", lambda x: F.gelu(x, approximate="tanh"), values=wide[3:], form="tanh")
    elementwise("erf", torch.erf, values=torch.tensor([-30.0, -6.0, -3.0, -1.0, -(2.0**-40), 0.0, 2.0**-30, 0.5, 2.0, 4.5, 1e4]))
    elementwise("tanh", torch.tanh)

    case("clip", "ordinary values", [r.distinct(4, 4)], lambda x: x.clamp(-1.5, 2), low=-1.5, high=2)
    case("clip", "NaN and infinities", [SPECIAL], lambda x: x.clamp(-1.5, 2), gradient=False, low=-1.5, high=2)
    for name, f in {"ne": torch.ne, "gt": torch.gt, "ge": torch.ge}.items():
        case(name, "broadcast, with equal values", [[[1.0], [2.0], [NAN], [INF]], [2.0, 1.0, INF, NAN]], f)
    case("mod", "all signs, broadcast", [r.distinct(3, 4), [[1.5], [-1.75], [3.0]]], torch.remainder)
    case(
        "mod",
        "by an infinity, by 0, of infinities and of NaN",
        [[1.0, -1.0, 1.0, -1.0, 5.0, INF, NAN, 2.0, 0.0], [INF, INF, -INF, -INF, 0.0, 2.0, 2.0, NAN, -3.0]],
        torch.remainder,
        gradient=False,
    )
    case("mod", "whole numbers", [torch.tensor([7, -7, 7, -7, 0]), torch.tensor([3, 3, -3, -3, 5])], torch.remainder)

    # Statistics
    x, cube = r.normal(3, 4), r.normal(2, 3, 4)
    case("mean", "of all", [x], torch.mean)
    case("mean", "first and last axis", [cube], lambda x: x.mean((0, 2)), axes=[0, 2])
    case("mean", "last axis, kept, of large numbers", [x * 2.0**100], lambda x: x.mean(-1, keepdim=True), axes=-1, keepDims=True)
    case("mean", "no elements", [torch.zeros(2, 0)], lambda x: x.mean(1), gradient=False, axes=1)
    for op, f in {"variance": torch.var, "std": torch.std}.items():
        for correction in (0, 1):
            both = lambda x, axes, keep=False: f(x, axes, correction=correction, keepdim=keep)
            case(op, f"of all, correction {correction}", [x], lambda x: both(x, (0, 1)), correction=correction)
            case(op, f"two axes, correction {correction}", [cube], lambda x: both(x, (0, 2)), axes=[0, 2], correction=correction)
            case(
                op,
                f"far from 0, kept, correction {correction}",
                [x + 1000],
                lambda x: both(x, (-1,), True),
                axes=-1,
                keepDims=True,
                correction=correction,
            )
    case("variance", "of a single number, correction 1", [[3.0]], lambda x: x.var(unbiased=True), gradient=False, correction=1)
    case("norm", "of all", [x], torch.linalg.vector_norm)
    case("norm", "last axis, kept", [x], lambda x: torch.linalg.vector_norm(x, dim=-1, keepdim=True), axes=-1, keepDims=True)
    case(
        "norm",
        "zeros, powers of 2, NaN and infinities",
        [[[0.0, 0.0, 0.0], [3.0, 0.0, -4.0], [NAN, 1.0, 0.0], [INF, 1.0, 0.0], [-INF, INF, 1.0]]],
        lambda x: torch.linalg.vector_norm(x, dim=-1),
        gradient=False,
        axes=-1,
    )
    case("norm", "gradient at 0", [[[0.0, 0.0], [3.0, -4.0]]], lambda x: torch.linalg.vector_norm(x, dim=-1), axes=-1)
    big = torch.tensor([[1.5, 2.25, -3.0], [0.5, -0.25, 1.0]]) * torch.tensor([[2.0**120], [2.0**-120]])
    case(
        "norm",
        "squares that do not fit into f32",
        [big],
        lambda x: torch.linalg.vector_norm(x, dim=-1),
        axes=-1,
    )
    far = [[1000.0, 999.0, -1000.0], [-1e4, -1e4, -1e4], [0.0, -88.0, 88.0]]
    special = [[-INF, 0.0, 1.0], [NAN, 0.0, 1.0]]
    for op, f in {"softmax": torch.softmax, "logSoftmax": torch.log_softmax}.items():
        case(op, "last axis", [x], lambda x: f(x, -1))
        case(op, "middle axis", [cube], lambda x: f(x, 1), axis=1)
        case(op, "large and far apart", [far], lambda x: f(x, -1))
        case(op, "minus infinity and NaN", [special], lambda x: f(x, -1), gradient=False)
        case(op, "nothing but minus infinity", [[-INF, -INF]], lambda x: f(x, -1), gradient=False)
    case("softmax", "gradient beside minus infinity", [[-INF, 0.0, 1.0]], lambda x: torch.softmax(x, -1))
    case("logSumExp", "of all", [x], lambda x: torch.logsumexp(x, (0, 1)))
    case("logSumExp", "two axes, kept", [cube], lambda x: torch.logsumexp(x, (0, 2), True), axes=[0, 2], keepDims=True)
    case("logSumExp", "large and far apart", [far], lambda x: torch.logsumexp(x, -1), axes=-1)
    case(
        "logSumExp",
        "infinities and NaN",
        [[[-INF, -INF], [-INF, 0.0], [INF, 0.0], [INF, INF], [INF, -INF], [NAN, 0.0]]],
        lambda x: torch.logsumexp(x, -1),
        gradient=False,
        axes=-1,
    )
    case("logSumExp", "no elements", [torch.zeros(2, 0)], lambda x: torch.logsumexp(x, 1), gradient=False, axes=1)
    case("layerNorm", "plain", [cube], lambda x: F.layer_norm(x, (4,)))
    case("layerNorm", "scaled and shifted", [cube, r.normal(4), r.normal(4)], lambda x, w, b: F.layer_norm(x, (4,), w, b))
    case("layerNorm", "equal numbers, large epsilon", [[[3.0, 3.0, 3.0], [1.0, 2.0, 4.0]]], lambda x: F.layer_norm(x, (3,), eps=0.5), epsilon=0.5)
    case("layerNorm", "large numbers", [x * 1024], lambda x: F.layer_norm(x, (4,)))
    level = torch.tensor([[2.0, -1.0, 2.0], [3.0, 3.0, 3.0]])
    case("max", "equal elements", [level], lambda x: x.amax(-1), axes=-1)
    case("min", "equal elements", [level], lambda x: x.amin(-1), axes=-1)
    case("maximum", "equal elements", [level, [2.0, -1.0, 0.0]], torch.maximum)
    case("minimum", "equal elements", [level, [2.0, -1.0, 0.0]], torch.minimum)
    case("prod", "of all", [x], torch.prod)
    case("prod", "a row with one 0 and a row with two", [[[2.0, 0.0, -3.0], [0.0, 0.0, 5.0], [1.5, -2.0, 4.0]]], lambda x: x.prod(-1), axes=-1)
    case("prod", "no elements", [torch.zeros(2, 0)], lambda x: x.prod(1), gradient=False, axes=1)

    # Structure and order
    case("oneHot", "indices of rank 2", [r.below(5, 2, 3)], lambda i: F.one_hot(i, 5), classes=5)
    case("stack", "first axis", [r.normal(2, 3), r.normal(2, 3)], lambda a, b: torch.stack([a, b]))
    case("stack", "last axis", [r.normal(2, 3), r.normal(2, 3), r.normal(2, 3)], lambda *a: torch.stack(a, -1), axis=-1)
    case("split", "equal parts", [r.normal(4, 3)], lambda x: torch.split(x, 2), parts=2, axis=0)
    case("split", "given sizes, last axis", [r.normal(2, 6)], lambda x: torch.split(x, [1, 0, 5], -1), parts=[1, 0, 5], axis=-1)
    ties = [[2.0, NAN, -1.0, 2.0, INF, 2.0, -INF, 0.0]]
    for descending in (False, True):
        how = "falling" if descending else "rising"
        ordered = lambda x, axis: torch.sort(x, dim=axis, descending=descending, stable=True)
        case("sort", f"{how}, last axis", [r.distinct(3, 5)], lambda x: ordered(x, -1)[0], descending=descending)
        case("sort", f"{how}, first axis", [r.distinct(4, 2)], lambda x: ordered(x, 0)[0], axis=0, descending=descending)
        case("sort", f"{how}, NaN and infinities", [ties], lambda x: ordered(x, -1)[0], gradient=False, descending=descending)
        case("argsort", f"{how}, equal elements", [ties], lambda x: ordered(x, -1)[1], descending=descending)
        case("argsort", f"{how}, whole numbers", [torch.tensor([3, -1, 3, 0, -1])], lambda x: ordered(x, -1)[1], descending=descending)
    case("topK", "three of five", [r.distinct(3, 5)], lambda x: torch.topk(x, 3), k=3)
    case("topK", "first axis", [r.distinct(4, 2)], lambda x: torch.topk(x, 2, 0), k=2, axis=0)
    case("topK", "NaN and infinities", [[1.0, NAN, INF, -INF]], lambda x: torch.topk(x, 4), gradient=False, k=4)
    first = [[3.0, 1.0, 1.0], [2.0, 2.0, 2.0], [1.0, NAN, NAN], [INF, INF, -INF]]
    # Which of equal elements torch names is not defined; NumPy takes the first.
    for op, f in {"argmax": np.argmax, "argmin": np.argmin}.items():
        case(op, "last axis: equal elements, NaN, infinities", [first], lambda x: torch.tensor(f(x.detach().numpy(), -1)), axis=-1)
        case(op, "first axis, kept", [r.distinct(3, 4)], lambda x: torch.tensor(f(x.detach().numpy(), 0, keepdims=True)), axis=0, keepDims=True)
    case("argmin", "whole numbers, the least of all among them", [torch.tensor([5, -(2**31), 2**31 - 1])], lambda x: x.argmin(-1))
    case("gather", "rows, one of them twice", [r.normal(4, 3), torch.tensor([2, 0, 2])], lambda x, i: torch.index_select(x, 0, i), axis=0)
    case("gather", "last axis, indices of rank 2", [r.normal(2, 4), torch.tensor([[3, 0, 0], [1, 2, 3]])], lambda x, i: torch.index_select(x, 1, i.reshape(-1)).reshape(2, 2, 3), axis=1)
    case("gatherElements", "last axis", [r.normal(2, 4), torch.tensor([[3, 0, 0], [1, 2, 3]])], lambda x, i: torch.take_along_dim(x, i, -1), axis=-1)
    case("gatherElements", "first axis", [r.normal(3, 2), torch.tensor([[2, 0], [2, 1]])], lambda x, i: torch.take_along_dim(x, i, 0), axis=0)
    case(
        "scatterAdd",
        "rows, one of them twice",
        [r.normal(4, 3), torch.tensor([2, 0, 2]), r.normal(3, 3)],
        lambda x, i, u: torch.index_add(x, 0, i, u),
        axis=0,
    )

    # Products and windows
    case("matmul", "two matrices", [r.normal(3, 5), r.normal(5, 2)], torch.matmul)
    case("matmul", "batches that broadcast", [r.normal(2, 1, 2, 3), r.normal(3, 3, 2)], torch.matmul)
    case("matmul", "a vector on the left, a vector on the right", [r.normal(3), r.normal(3)], torch.matmul)
    case("matmul", "a batch with a vector", [r.normal(2, 2, 3), r.normal(3)], torch.matmul)
    case("matmul", "infinities and NaN", [[[INF, 0.0], [1.0, NAN], [1.0, 2.0]], [[0.0, 1.0], [1.0, -INF]]], torch.matmul, gradient=False)
    image, kernel = r.normal(2, 2, 5, 4), r.normal(2, 2, 3, 2)
    case("conv2d", "plain", [image, kernel], F.conv2d)
    case("conv2d", "stride", [image, kernel], lambda x, k: F.conv2d(x, k, stride=(2, 1)), stride=[2, 1])
    case("conv2d", "padding", [image, kernel], lambda x, k: F.conv2d(x, k, padding=(2, 1)), padding=[2, 1])
    case(
        "conv2d",
        "padding on each side of its own",
        [image, kernel],
        lambda x, k: F.conv2d(F.pad(x, (2, 0, 0, 1)), k),
        padding=[[0, 1], [2, 0]],
    )
    case("conv2d", "dilation", [image, kernel], lambda x, k: F.conv2d(x, k, dilation=(2, 3)), dilation=[2, 3])
    case("conv2d", "groups", [r.normal(1, 4, 3, 3), r.normal(4, 2, 2, 2)], lambda x, k: F.conv2d(x, k, groups=2), groups=2)
    case(
        "conv2d",
        "everything at once",
        [r.normal(1, 4, 6, 7), r.normal(4, 1, 2, 2)],
        lambda x, k: F.conv2d(x, k, stride=(2, 3), padding=1, dilation=(3, 2), groups=4),
        stride=[2, 3],
        padding=1,
        dilation=[3, 2],
        groups=4,
    )
    planes = r.distinct(1, 2, 5, 4)
    case("maxPool", "windows side by side", [planes], lambda x: F.max_pool2d(x, 2), kernel=2)
    case("maxPool", "windows that overlap, padding", [planes], lambda x: F.max_pool2d(x, (3, 2), (2, 1), 1), kernel=[3, 2], stride=[2, 1], padding=1)
    case("maxPool", "equal elements", [torch.ones(1, 1, 4, 4)], lambda x: F.max_pool2d(x, 2, 1), kernel=2, stride=1)
    case("maxPool", "NaN and infinities", [[[[[NAN, 1.0, -INF, -INF], [0.0, 2.0, -INF, -INF]]]]], lambda x: F.max_pool2d(x, 2), gradient=False, kernel=2)
    for count in (True, False):
        how = "padding counts" if count else "padding does not count"
        case("avgPool", f"windows side by side, {how}", [planes], lambda x: F.avg_pool2d(x, 2, count_include_pad=count), kernel=2, countPadding=count)
        case(
            "avgPool",
            f"windows that overlap, {how}",
            [planes],
            lambda x: F.avg_pool2d(x, (3, 2), (2, 1), 1, count_include_pad=count),
            kernel=[3, 2],
            stride=[2, 1],
            padding=1,
            countPadding=count,
        )
    return {"cases": cases}


# Layers


def layers():
    cases = []

    def case(title, config, module, x):
        """`config` describes the same layer to the test. Parameters get numbers with few digits."""
        numbers = Numbers(2000 + len(cases))
        module = module.eval()
        names = [name for name, _ in module.named_parameters()]
        with torch.no_grad():
            for p in module.parameters():
                p.copy_(numbers.normal(*p.shape, scale=0.5))
        values = [x, *(p.detach() for p in module.parameters())]

        def run(x, *params):
            return torch.nn.utils.stateless.functional_call(module, dict(zip(names, params)), (x,))

        [output], [cotangent], [dx, *grads] = differentiated(values, run, numbers)
        cases.append(
            {
                "title": title,
                "config": config,
                # torch numbers the parts of a Sequential, glassnet finds them below `layers`
                "params": {path(name): array(p) for name, p in zip(names, values[1:])},
                "input": array(x),
                "output": array(output),
                "cotangent": array(cotangent),
                "inputGrad": array(dx),
                "paramGrads": {path(name): array(g) for name, g in zip(names, grads)},
            }
        )

    def path(name):
        return ".".join(f"layers.{part}" if part.isdigit() else part for part in name.split("."))

    nn = torch.nn
    r = Numbers(1)

    def linear(inFeatures, outFeatures, bias=True):
        return {"kind": "linear", "inFeatures": inFeatures, "outFeatures": outFeatures, "bias": bias}

    def activation(name):
        return {"kind": "activation", "name": name}

    def sequential(*parts):
        return {"kind": "sequential", "layers": list(parts)}

    case("linear", linear(4, 3), nn.Linear(4, 3), r.normal(5, 4))
    case("linear without a bias", linear(4, 3, False), nn.Linear(4, 3, bias=False), r.normal(5, 4))
    case("linear on three axes", linear(4, 2), nn.Linear(4, 2), r.normal(2, 3, 4))
    case("linear on a single vector", linear(4, 2), nn.Linear(4, 2), r.normal(4))
    case("dropout outside training", {"kind": "dropout", "rate": 0.5}, nn.Dropout(0.5), r.normal(3, 4))
    case("flatten", {"kind": "flatten"}, nn.Flatten(), r.normal(2, 3, 2, 2))
    activations = {
        "relu": nn.ReLU(),
        "leakyRelu": nn.LeakyReLU(),
        "elu": nn.ELU(),
        "silu": nn.SiLU(),
        "gelu": nn.GELU(),
        "sigmoid": nn.Sigmoid(),
        "tanh": nn.Tanh(),
        "softplus": nn.Softplus(),
        "softmax": nn.Softmax(-1),
        "logSoftmax": nn.LogSoftmax(-1),
    }
    for name, module in activations.items():
        case(f"activation {name}", activation(name), module, r.normal(3, 4, scale=2))
    case(
        "a network with every activation that bends",
        sequential(linear(6, 5), activation("relu"), linear(5, 5), activation("tanh"), linear(5, 3)),
        nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 3)),
        r.normal(4, 6),
    )
    case(
        "a network of networks on images",
        sequential(
            {"kind": "flatten"},
            sequential(linear(6, 4), activation("gelu"), {"kind": "dropout", "rate": 0.25}),
            sequential(linear(4, 4, False), activation("silu")),
            linear(4, 2),
        ),
        nn.Sequential(
            nn.Flatten(),
            nn.Sequential(nn.Linear(6, 4), nn.GELU(), nn.Dropout(0.25)),
            nn.Sequential(nn.Linear(4, 4, bias=False), nn.SiLU()),
            nn.Linear(4, 2),
        ),
        r.normal(3, 1, 2, 3),
    )
    return {"cases": cases}


# Losses


def losses():
    cases = []
    r = Numbers(2)

    def case(loss, title, output, targets, f):
        numbers = Numbers(3000 + len(cases))
        for reduction in ("mean", "sum", "none"):
            [value], [cotangent], [grad] = differentiated([output], lambda z: f(z, targets, reduction), numbers)
            cases.append(
                {
                    "loss": loss,
                    "title": title,
                    "reduction": reduction,
                    "output": array(output),
                    "targets": array(targets),
                    "value": array(value),
                    "cotangent": array(cotangent),
                    "grad": array(grad),
                }
            )

    def probabilities(*shape):
        """Sixteenths that add up to 1, so that f32 holds them."""
        rows = r.state.multinomial(16, [1 / shape[-1]] * shape[-1], size=shape[:-1])
        return torch.tensor(rows / 16)

    def cross(z, t, reduction):
        # The classes are the last axis here, the second one there.
        if z.dim() > 2:
            z, t = z.movedim(-1, 1), (t.movedim(-1, 1) if t.is_floating_point() else t)
        return F.cross_entropy(z, t, reduction=reduction)

    def of_probabilities(z, t, reduction):
        # F.cross_entropy with probabilities divides the mean by the batch alone, also where there are more axes.
        each = -(t * torch.log_softmax(z, -1)).sum(-1)
        return {"mean": each.mean(), "sum": each.sum(), "none": each}[reduction]

    logits = r.normal(4, 3, scale=2)
    case("crossEntropy", "class indices", logits, r.below(3, 4), cross)
    case("crossEntropy", "class indices, more axes", r.normal(2, 3, 4), r.below(4, 2, 3), cross)
    case("crossEntropy", "probabilities", logits, probabilities(4, 3), cross)
    case("crossEntropy", "probabilities, more axes", r.normal(2, 3, 4), probabilities(2, 3, 4), of_probabilities)
    extreme = torch.tensor([[1000.0, 0.0, -1000.0], [1e4, 1e4, 1e4], [-90.0, 0.0, 90.0]])
    case("crossEntropy", "extreme logits, class indices", extreme, torch.tensor([2, 1, 2]), cross)
    case("crossEntropy", "extreme logits, probabilities", extreme, torch.eye(3), cross)
    masked = torch.tensor([[-INF, 0.0, 1.0], [2.0, -INF, 0.5]])
    case("crossEntropy", "classes ruled out by minus infinity", masked, torch.tensor([2, 0]), cross)

    def binary(z, t, reduction):
        return F.binary_cross_entropy_with_logits(z, t.double(), reduction=reduction)

    def binary_far(z, t, reduction):
        # PyTorch takes log(1 + e^-100) as the logarithm of 1.
        each = softplus(z) - z * t
        return {"mean": each.mean(), "sum": each.sum(), "none": each}[reduction]

    case("binaryCrossEntropy", "probabilities", r.normal(3, 4, scale=2), torch.tensor(r.state.randint(0, 17, (3, 4)) / 16), binary)
    case("binaryCrossEntropy", "no and yes as whole numbers", r.normal(3, 4, scale=2), r.below(2, 3, 4), binary)
    case(
        "binaryCrossEntropy",
        "extreme logits",
        torch.tensor([-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4, -1e4, -100.0, 0.0, 100.0, 1e4]),
        torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
        binary_far,
    )
    x, y = r.distinct(3, 4), r.distinct(3, 4) * 0.75
    large = torch.tensor([-(2.0**60), -1e4, 0.0, 2.0**-60, 2.0**60])
    zeros = torch.tensor([2.0**60, 0.5, 0.0, 0.0, -(2.0**60)])
    for loss, f in {"meanSquaredError": F.mse_loss, "meanAbsoluteError": F.l1_loss}.items():
        how = lambda a, b, reduction: f(a, b, reduction=reduction)
        case(loss, "ordinary values", x, y, how)
        case(loss, "equal, tiny and large values", large, zeros, how)
    return {"cases": cases}


# Optimizers


def optimizers():
    """20 steps of each rule on one small network, from one start. Every step's parameters are kept."""
    r = Numbers(3)
    x, y = r.normal(6, 2), r.normal(6, 1)
    start = {"w1": r.normal(3, 2), "b1": r.normal(3), "w2": r.normal(1, 3), "b2": r.normal(1)}

    def loss(p):
        hidden = torch.tanh(x @ p["w1"].T + p["b1"])
        return F.mse_loss(hidden @ p["w2"].T + p["b2"], y)

    cases = []

    def case(title, optimizer, options, lr, make):
        params = {name: p.clone().requires_grad_() for name, p in start.items()}
        rule = make(list(params.values()), lr)
        steps = []
        for _ in range(20):
            rule.zero_grad()
            loss(params).backward()
            rule.step()
            steps.append([number(v) for p in params.values() for v in p.detach().reshape(-1).tolist()])
        cases.append({"title": title, "optimizer": optimizer, "options": options, "learningRate": lr, "steps": steps})

    SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
    case("sgd", "sgd", {}, 0.5, lambda p, lr: SGD(p, lr))
    case("sgd with decay", "sgd", {"decay": 0.125}, 0.5, lambda p, lr: SGD(p, lr, weight_decay=0.125))
    case("sgd with momentum", "sgd", {"momentum": 0.75}, 0.25, lambda p, lr: SGD(p, lr, momentum=0.75))
    case(
        "sgd with momentum and decay",
        "sgd",
        {"momentum": 0.75, "decay": 0.125},
        0.25,
        lambda p, lr: SGD(p, lr, momentum=0.75, weight_decay=0.125),
    )
    case(
        "sgd with Nesterov momentum and decay",
        "sgd",
        {"momentum": 0.75, "nesterov": True, "decay": 0.0625},
        0.25,
        lambda p, lr: SGD(p, lr, momentum=0.75, nesterov=True, weight_decay=0.0625),
    )
    case("adam", "adam", {}, 0.125, lambda p, lr: Adam(p, lr))
    case("adam with decay", "adam", {"decay": 0.125}, 0.125, lambda p, lr: Adam(p, lr, weight_decay=0.125))
    case(
        "adam with other options",
        "adam",
        {"beta1": 0.5, "beta2": 0.75, "epsilon": 0.0625},
        0.125,
        lambda p, lr: Adam(p, lr, betas=(0.5, 0.75), eps=0.0625),
    )
    case("adamW", "adamW", {}, 0.125, lambda p, lr: AdamW(p, lr))
    case("adamW with strong decay", "adamW", {"decay": 0.5}, 0.125, lambda p, lr: AdamW(p, lr, weight_decay=0.5))
    problem = {"x": array(x), "y": array(y), "start": {name: array(p) for name, p in start.items()}}
    return {"problem": problem, "cases": cases}


for name, make in {"operations": operations, "layers": layers, "losses": losses, "optimizers": optimizers}.items():
    write(name, make())
