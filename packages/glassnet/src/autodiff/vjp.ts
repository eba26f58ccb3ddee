import { isFloat } from "../core/dtype.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import type { Inputs, PrimName } from "../ir/prim.ts";
import type { Ops } from "../ops/operations.ts";
import { exclusiveProduct } from "./exclusive-product.ts";

/**
 * The gradient of a primitive: from `g`, the gradient of the loss for its output, to the gradient for each operand.
 * `null` says that none flows there. Rules are built from operations, so they can be differentiated again.
 */
export type Vjp<P extends PrimName> = (b: Ops<Value>, g: Value, node: ValueOf<P>) => Inputs<P, Value | null>;

/** A gradient for a reduction's output, stretched back over the axes that were reduced. */
function spread(b: Ops<Value>, g: Value, shape: readonly number[], axes: readonly number[]): Value {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  return b.broadcast(b.reshape(g, kept), shape);
}

/** Equal largest (or smallest) elements share the gradient equally. */
const extremum: Vjp<"max"> & Vjp<"min"> = (b, g, node) => {
  const [x] = node.inputs;
  const { axes } = node.attrs;
  const chosen = b.cast(b.eq(x, spread(b, node as Value, x.shape, axes)), x.dtype);
  const share = b.div(chosen, b.sum(chosen, { axes, keepDims: true }));
  return [b.mul(spread(b, g, x.shape, axes), share)];
};

/** The operand that is larger (or smaller) takes the gradient; equals take half each. */
const chosenOf = (b: Ops<Value>, g: Value, x: Value, y: Value, won: Value): [Value, Value] => {
  const half = b.where(b.eq(x, y), b.mul(g, 0.5), 0);
  return [b.sumTo(b.where(won, g, half), x.shape), b.sumTo(b.where(b.or(won, b.eq(x, y)), half, g), y.shape)];
};

const zeros = (b: Ops<Value>, like: Value): Value => b.full(like.shape, 0, like.dtype);
const plane = ({ shape }: Value): [number, number] => [shape[2]!, shape[3]!];

/** Every gradient. A primitive that lacks one does not compile; what has none on purpose says `null`. */
export const vjp: { readonly [P in PrimName]: Vjp<P> } = {
  input: () => [],
  constant: () => [],
  iota: () => [],
  randomBits: () => [null],

  // d(−x) = −dx
  neg: (b, g) => [b.neg(g)],
  // d|x| = sign(x) dx, 0 at 0
  abs: (b, g, { inputs: [x] }) => [b.mul(g, b.sign(x))],
  sign: () => [null],
  // d(eˣ) = eˣ dx; the output is reused
  exp: (b, g, node) => [b.mul(g, node as Value)],
  // d(log x) = dx / x
  log: (b, g, { inputs: [x] }) => [b.div(g, x)],
  // d√x = dx / 2√x
  sqrt: (b, g, node) => [b.div(b.mul(g, 0.5), node as Value)],
  // d(tanh x) = (1 − tanh² x) dx
  tanh: (b, g, node) => [b.mul(g, b.sub(1, b.mul(node as Value, node as Value)))],
  // d(erf x) = 2/√π e^(−x²) dx
  erf: (b, g, { inputs: [x] }) => [b.mul(g, b.mul(b.exp(b.neg(b.mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  // d(sin x) = cos x dx
  sin: (b, g, { inputs: [x] }) => [b.mul(g, b.cos(x))],
  // d(cos x) = −sin x dx
  cos: (b, g, { inputs: [x] }) => [b.neg(b.mul(g, b.sin(x)))],
  floor: () => [null],
  not: () => [null],
  cast: (b, g, { inputs: [x] }) => [isFloat(x.dtype) ? b.cast(g, x.dtype) : null],
  stopGradient: () => [null],

  // d(x + y) = dx + dy
  add: (b, g, { inputs: [x, y] }) => [b.sumTo(g, x.shape), b.sumTo(g, y.shape)],
  // d(x − y) = dx − dy
  sub: (b, g, { inputs: [x, y] }) => [b.sumTo(g, x.shape), b.sumTo(b.neg(g), y.shape)],
  // d(xy) = y dx + x dy
  mul: (b, g, { inputs: [x, y] }) => [b.sumTo(b.mul(g, y), x.shape), b.sumTo(b.mul(g, x), y.shape)],
  // d(x/y) = dx / y − (x/y) dy / y
  div: (b, g, node) => {
    const [x, y] = node.inputs;
    const byX = b.div(g, y);
    return [b.sumTo(byX, x.shape), b.sumTo(b.neg(b.mul(byX, node as Value)), y.shape)];
  },
  // d(xʸ) = y xʸ⁻¹ dx + xʸ log(x) dy; 0 for x where y = 0, and 0 for y where x = 0
  pow: (b, g, node) => {
    const [x, y] = node.inputs;
    const flat = b.eq(y, 0);
    const byX = b.where(flat, 0, b.mul(y, b.pow(x, b.sub(b.where(flat, 1, y), 1))));
    const zero = b.eq(x, 0);
    const byY = b.where(zero, 0, b.mul(node as Value, b.log(b.where(zero, 1, x))));
    return [b.sumTo(b.mul(g, byX), x.shape), b.sumTo(b.mul(g, byY), y.shape)];
  },
  // d(x − y⌊x/y⌋) = dx − ⌊x/y⌋ dy
  mod: (b, g, { inputs: [x, y] }) => [b.sumTo(g, x.shape), b.sumTo(b.neg(b.mul(g, b.floor(b.div(x, y)))), y.shape)],
  maximum: (b, g, { inputs: [x, y] }) => chosenOf(b, g, x, y, b.lt(y, x)),
  minimum: (b, g, { inputs: [x, y] }) => chosenOf(b, g, x, y, b.lt(x, y)),
  eq: () => [null, null],
  lt: () => [null, null],
  le: () => [null, null],
  and: () => [null, null],
  or: () => [null, null],
  where: (b, g, { inputs: [condition, x, y] }) => [
    null,
    b.sumTo(b.where(condition, g, 0), x.shape),
    b.sumTo(b.where(condition, 0, g), y.shape),
  ],

  // d(Σx) = Σdx
  sum: (b, g, { inputs: [x], attrs: { axes } }) => [spread(b, g, x.shape, axes)],
  max: extremum,
  min: extremum,
  // d(Πx) = Σᵢ (Π of all others) dxᵢ, without dividing by xᵢ, which may be 0
  prod: (b, g, { inputs: [x], attrs: { axes } }) => [b.mul(spread(b, g, x.shape, axes), exclusiveProduct(b, x, axes))],
  argmax: () => [null],

  reshape: (b, g, { inputs: [x] }) => [b.reshape(g, x.shape)],
  transpose: (b, g, { attrs: { perm } }) => [
    b.transpose(
      g,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ],
  broadcast: (b, g, { inputs: [x] }) => [b.sumTo(g, x.shape)],
  // Elements that the slice took get their gradient back in place; the others get 0
  slice: (b, g, { inputs: [x], attrs: { start, step }, shape }) => {
    const high = x.shape.map((n, i) => n - start[i]! - (shape[i]! === 0 ? 0 : (shape[i]! - 1) * step[i]! + 1));
    return [b.pad(g, start, high, { interior: step.map((n) => n - 1) })];
  },
  pad: (b, g, { inputs: [x], attrs: { low, interior } }) => [
    b.slice(
      g,
      x.shape.map((n, i) => {
        const step = interior[i]! + 1;
        return { start: low[i]!, stop: low[i]! + (n === 0 ? 0 : (n - 1) * step + 1), step };
      }),
    ),
  ],
  concat: (b, g, { inputs, attrs: { axis } }) => {
    let start = 0;
    return inputs.map((x) => {
      const ranges = x.shape.map((n, i) => (i === axis ? { start, stop: start + n } : undefined));
      start += x.shape[axis]!;
      return b.slice(g, ranges);
    });
  },
  flip: (b, g, { attrs: { axes } }) => [b.flip(g, axes)],

  // C = A B:  dA = dC Bᵀ,  dB = Aᵀ dC
  matmul: (b, g, { inputs: [x, y] }) => [
    b.sumTo(b.matmul(g, b.swapLast(y)), x.shape),
    b.sumTo(b.matmul(b.swapLast(x), g), y.shape),
  ],
  // A convolution is linear in its input and in its kernel; so are its gradients, and the three close under d
  conv2d: (b, g, { inputs: [x, kernel], attrs }) => [
    b.conv2dInputGrad(g, kernel, plane(x), attrs),
    b.conv2dKernelGrad(x, g, plane(kernel), attrs),
  ],
  conv2dInputGrad: (b, g, { inputs: [grad, kernel], attrs }) => [
    b.conv2d(g, kernel, attrs),
    b.conv2dKernelGrad(g, grad, plane(kernel), attrs),
  ],
  conv2dKernelGrad: (b, g, { inputs: [x, grad], attrs }) => [
    b.conv2dInputGrad(grad, g, plane(x), attrs),
    b.conv2d(x, g, attrs),
  ],
  // Each window's gradient goes to the element that was largest
  maxPool: (b, g, { inputs: [x], attrs }) => {
    const [n, c, h, w] = x.shape as readonly [number, number, number, number];
    const [, , oh, ow] = g.shape as readonly [number, number, number, number];
    const at = b.reshape(b.argmaxPool(x, attrs), [n, c, oh * ow]);
    const flat = b.scatterAddElements(b.full([n, c, h * w], 0, g.dtype), at, b.reshape(g, [n, c, oh * ow]), 2);
    return [b.reshape(flat, x.shape)];
  },
  argmaxPool: () => [null],
  sumPool: (b, g, { inputs: [x], attrs }) => [b.sumPoolGrad(g, plane(x), attrs)],
  sumPoolGrad: (b, g, { attrs }) => [b.sumPool(g, attrs)],

  gather: (b, g, { inputs: [x, indices], attrs: { axis } }) => [b.scatterAdd(zeros(b, x), indices, g, axis), null],
  scatterAdd: (b, g, { inputs: [, indices], attrs: { axis } }) => [g, null, b.gather(g, indices, axis)],
  gatherElements: (b, g, { inputs: [x, indices], attrs: { axis } }) => [
    b.scatterAddElements(zeros(b, x), indices, g, axis),
    null,
  ],
  scatterAddElements: (b, g, { inputs: [, indices], attrs: { axis } }) => [g, null, b.gatherElements(g, indices, axis)],
  dynamicSlice: (b, g, { inputs: [x, start] }) => [b.dynamicUpdateSlice(zeros(b, x), g, start), null],
  dynamicUpdateSlice: (b, g, { inputs: [, update, start] }) => [
    b.dynamicUpdateSlice(g, zeros(b, update), start),
    b.dynamicSlice(g, start, update.shape),
    null,
  ],
  argsort: () => [null],
};
