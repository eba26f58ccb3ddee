import { checkShape, sameShape } from "../core/shape.ts";
import { type Contract, dtypeError, shapeError } from "./contract.ts";

export const input: Contract<"input"> = {
  summary: "A value given when the graph is run.",
  infer: (_, { dtype, shape }) => {
    checkShape("input", shape);
    return { dtype, shape };
  },
};

export const constant: Contract<"constant"> = {
  summary: "A value fixed in the graph.",
  infer: (_, { dtype, shape }) => {
    checkShape("constant", shape);
    return { dtype, shape };
  },
};

export const iota: Contract<"iota"> = {
  summary: "0, 1, 2, … along `axis`, repeated along the others.",
  infer: (_, { dtype, shape }) => {
    checkShape("iota", shape);
    if (dtype === "bool") throw dtypeError("iota", "counts numbers, not bool", []);
    return { dtype, shape };
  },
};

export const randomBits: Contract<"randomBits"> = {
  summary: "Whole numbers of `bits` random bits, from a key and the position alone (Threefry-2x32, 20 rounds).",
  infer: (inputs, { shape, bits }) => {
    const [key] = inputs;
    checkShape("randomBits", shape);
    if (key.dtype !== "i32" || !sameShape(key.shape, [2])) {
      throw shapeError("randomBits", "the key must be i32[2]", inputs);
    }
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 32)) {
      throw shapeError("randomBits", `bits must be 1 to 32, got ${bits}`, inputs, "invalid-shape");
    }
    return { dtype: "i32", shape };
  },
};
