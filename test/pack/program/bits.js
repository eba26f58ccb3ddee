/**
 * Computes much with little: every kind of kernel that rounds, and a training, on the kernels whose bits are the same
 * everywhere. Tells of each result what stands for its bits. Operands are so large that threads share the work, and sizes are odd,
 * so that shares are unequal.
 *
 * @param repeats how often each is computed: a device may try another number of threads from run to run, and nothing may change
 */
export async function bits(glassnet, device, repeats = 1) {
  const { accuracy, adamW, compile, crossEntropy, dataset, dropout, linear, relu, Rng, sequential, train } = glassnet;
  device ??= await glassnet.openDevice({ backend: "wasm", threads: 1, reproducible: true });
  const told = {};
  const note = (name, data) => {
    const bits = digestOf(data);
    if (name in told && told[name] !== bits) throw new Error(`${name}: the bits change from run to run`);
    told[name] = bits;
  };
  for (const [name, [fn, ...operands]] of Object.entries(cases(glassnet))) {
    const compute = compile(fn, { device });
    for (let i = 0; i < repeats; i++) {
      note(name, await (await compute(...operands)).data());
      await new Promise((resolve) => setTimeout(resolve)); // threads that are to join need a turn
    }
    await compute.release();
  }

  const rng = Rng.seeded(6);
  const model = sequential(linear(40, 133, { rng }), relu, dropout(0.3), linear(133, 4, { rng }));
  const data = dataset({ name: "noise", inputs: rng.normal([330, 40]), targets: rng.integers([330], 0, 4) });
  const options = { loss: crossEntropy, optimizer: adamW(), metrics: { accuracy }, epochs: 5, batchSize: 98, device };
  const losses = []; // how many steps an event tells of is a matter of time
  for await (const event of train(model, data, options)) if (event.kind === "step") losses.push(...event.losses);
  note("losses", Float32Array.from(losses));
  for (const [path, { value }] of variablesWithPaths(glassnet, model)) note(`weights ${path}`, await value.data());
  return { variant: device.variant, threads: device.threads, bits: told };
}

const variablesWithPaths = ({ variablesOf }, model) => variablesOf(model).entries();

/** Name, what is computed, and of what. */
function cases(glassnet) {
  const { avgPool, conv2d, fromArray, gather, gatherElements, grad, layerNorm, matmul, maxPool, Rng, scatterAdd } =
    glassnet;
  const { abs, add, argsort, cos, div, erf, exp, gelu, log, mod, mul, pow, prod, sigmoid, sin, softmax } = glassnet;
  const { keyOf, randomNormal, softplus, sqrt, square, std, sub, sum, tanh, transpose, variance, where, lt } = glassnet;
  const rng = Rng.seeded(5);
  const real = (...shape) => fromArray(rng.normal(shape));
  const whole = (high, ...shape) => fromArray(rng.integers(shape, 0, high));
  /** The slope of the sum of squares in the first operand. */
  const slope =
    (fn) =>
    (x, ...rest) =>
      grad((at) => sum(square(fn(at, ...rest))))(x);
  const rows = real(203, 405);
  const more = real(203, 405);
  const image = real(4, 12, 33, 31);
  const kernel = real(20, 12, 3, 3);
  const groups = real(24, 4, 3, 3);
  const planes = real(4, 12, 65, 63);
  const places = whole(300, 1001);
  const each = whole(300, 500, 60);
  const padded = (x, k) => conv2d(x, k, { padding: 1 });
  const strided = (x, k) => conv2d(x, k, { stride: 2, groups: 3 });
  const dilated = (x, k) => conv2d(x, k, { dilation: 2, padding: 2 });
  const flipped = (fn) => (k, x) => fn(x, k);
  const smooth = (x) => softmax(tanh(x));

  return {
    exp: [exp, rows],
    log: [(x) => log(abs(x)), rows],
    sqrt: [(x) => sqrt(abs(x)), rows],
    tanh: [tanh, rows],
    erf: [erf, rows],
    sin: [(x) => sin(mul(x, 1000)), rows],
    cos: [cos, rows],
    pow: [(x, y) => pow(abs(x), y), rows, more],
    mod: [mod, rows, more],
    div: [div, rows, more],
    sums: [(x, y) => sub(add(x, y), mul(x, 0.3)), rows, more],
    "sums of products": [(x, y) => add(add(mul(x, y), mul(y, 0.3)), sub(mul(x, x), y)), rows, more],
    "differences of products": [(x, y) => sub(y, mul(x, x)), rows, more],
    "a root and a sum": [(x, y) => add(sqrt(mul(abs(x), abs(y))), y), rows, more],
    "a product and a quotient": [(x, y) => div(mul(x, 3), y), rows, more],
    "whole numbers as floats": [(x) => mul(x, 0.1), whole(2 ** 30, 203, 405)],
    sigmoid: [sigmoid, rows],
    softplus: [softplus, rows],
    gelu: [gelu, rows],
    "a choice": [(x, y) => where(lt(x, y), exp(x), sin(y)), rows, more],
    softmax: [softmax, rows],
    "a softmax's slope": [slope(smooth), rows],
    "softmax of columns": [(x) => softmax(x, 0), rows],
    layerNorm: [layerNorm, rows],
    "a layer norm's slope": [slope(layerNorm), rows],
    "sum of all": [(x) => sum(x), rows],
    "sums of rows": [(x) => sum(x, { axes: 1 }), rows],
    "sums of columns": [(x) => sum(x, { axes: 0 }), rows],
    "sums of middle axes": [(x) => sum(x, { axes: 1 }), real(37, 51, 39)],
    products: [(x) => prod(x, { axes: 1 }), real(777, 99)],
    "products of columns": [(x) => prod(x, { axes: 0 }), real(99, 777)],
    variance: [(x) => variance(x, { axes: 0 }), rows],
    std: [(x) => std(x, { axes: 1 }), rows],
    "matrix product": [matmul, rows, real(405, 131)],
    "product with a transpose": [(x, y) => matmul(x, transpose(y)), rows, more],
    "product of a transpose": [(x, y) => matmul(transpose(x), y), rows, more],
    "product of one row": [matmul, real(1, 1025), real(1025, 501)],
    "product with few columns": [matmul, rows, real(405, 10)],
    "product of few rows with a transpose": [(x, y) => matmul(x, transpose(y)), real(7, 515), real(133, 515)],
    "products of a batch": [matmul, real(13, 59, 61), real(13, 61, 27)],
    "product, bias and activation": [(x, y, b) => tanh(add(matmul(x, y), b)), rows, real(405, 131), real(131)],
    "a product's slope": [slope(matmul), rows, real(405, 131)],
    convolution: [padded, image, kernel],
    "convolution, 1 x 1": [conv2d, image, real(20, 12, 1, 1)],
    "convolution, strided, in groups": [strided, image, groups],
    "convolution, dilated": [dilated, image, kernel],
    "convolution, depthwise": [(x, k) => conv2d(x, k, { groups: 12, padding: 1 }), image, real(12, 1, 3, 3)],
    "a convolution's slope in the image": [slope(padded), image, kernel],
    "a convolution's slope in the kernel": [slope(flipped(padded)), kernel, image],
    "a strided convolution's slope in the image": [slope(strided), image, groups],
    "a strided convolution's slope in the kernel": [slope(flipped(strided)), groups, image],
    "a dilated convolution's slope in the image": [slope(dilated), image, kernel],
    "a dilated convolution's slope in the kernel": [slope(flipped(dilated)), kernel, image],
    maxPool: [(x) => maxPool(x, { kernel: 3, stride: 2 }), planes],
    "slope of maxPool": [slope((x) => maxPool(x, { kernel: 2 })), planes],
    avgPool: [(x) => avgPool(x, { kernel: 3, stride: 2 }), planes],
    "slope of avgPool": [slope((x) => avgPool(x, { kernel: 3, stride: 2 })), planes],
    "slope of gather": [slope(gather), real(300, 103), places],
    scatterAdd: [scatterAdd, real(300, 103), places, real(1001, 103)],
    "slope of gatherElements": [slope((x, i) => gatherElements(x, i, 0)), real(300, 60), each],
    "normal numbers": [(words) => randomNormal({ words, stream: 1 }, [333, 111]), keyOf(7, 1).words],
    order: [(x) => argsort(x), rows],
  };
}

/** FNV-1a of the bytes, over 64 bits as two halves of other starts. */
function digestOf({ buffer, byteOffset, byteLength }) {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return [0x811c9dc5, 0x01000193]
    .map((start) => {
      let sum = start;
      for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193) >>> 0;
      return sum.toString(16).padStart(8, "0");
    })
    .join("");
}
