import { significant } from "../../i18n/numbers.ts";
import type { LossName } from "../../workspace/settings.ts";
import type { CellView } from "./cells.ts";
import type { MatrixRole } from "./matrices.ts";
import type { CallInfo, Op } from "./tape.ts";

/** @file Symbols of an operation, and the same with numbers. They are the same in every language. */

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const inDigits = (digits: string, n: number): string => [...String(n)].map((d) => digits[Number(d)] ?? d).join("");

/** ₁₇ */
export const below = (n: number): string => inDigits(SUBSCRIPTS, n);
/** ⁽²⁾, the layer that a letter belongs to. */
export const layerMark = (n: number): string => `⁽${inDigits(SUPERSCRIPTS, n)}⁾`;

/** Which linear layer, counted from 1, a call belongs to; 0 before the first. */
export const layerNumber = (calls: readonly CallInfo[], call: number): number =>
  calls.slice(0, call + 1).filter(({ kind }) => kind === "linear").length;

/** Letters for what goes into a call and what comes out of it, with the layer's mark. */
export function letters(calls: readonly CallInfo[], call: number): { readonly into: string; readonly out: string } {
  const name = (index: number): string => {
    if (index < 0) return "x";
    const k = layerNumber(calls, index);
    if (k === 0) return "x";
    return (calls[index]!.kind === "linear" ? "z" : "a") + layerMark(k);
  };
  return { into: name(call - 1), out: name(call) };
}

/** What an operation computes, such as ∂L/∂W⁽²⁾. */
export function resultSymbol({ kind, call }: Op, calls: readonly CallInfo[]): string {
  if (call === null) return kind === "loss" ? "L" : `∂L/∂${letters(calls, calls.length - 1).out}`;
  const { into, out } = letters(calls, call);
  const k = layerMark(layerNumber(calls, call));
  switch (kind) {
    case "forward":
      return out;
    case "weights":
      return `∂L/∂W${k}`;
    case "update":
      return `W${k}`;
    case "back":
    case "slope":
    case "loss":
    case "lossGrad":
      return `∂L/∂${into}`;
  }
}

/** The symbol of a matrix of an operation. */
export function matrixSymbol(role: MatrixRole, { call }: Op, calls: readonly CallInfo[]): string {
  const last = calls.length - 1;
  const { into, out } = letters(calls, call ?? last);
  const k = layerMark(call === null ? 0 : layerNumber(calls, call));
  const symbols: Readonly<Record<MatrixRole, string>> = {
    ...{
      weights: `W${k}`,
      input: into,
      bias: `b${k}`,
      sum: call !== null && calls[call]!.kind === "linear" ? out : into,
    },
    ...{ activation: out, same: out, output: out, target: "y", probability: "p", singleLoss: "ℓ" },
    ...{ outputGrad: `∂L/∂${out}`, sumGrad: `∂L/∂${out}`, slope: "f′", inputGrad: `∂L/∂${into}`, inputs: `${into}ᵀ` },
    ...{ weightGrad: `∂L/∂W${k}`, change: `ΔW${k}`, newWeights: `W${k} ′`, weightsT: `W${k}ᵀ` },
  };
  return symbols[role];
}

/** What stands between two matrices. */
export function operatorsOf({ kind, call }: Op, roles: readonly MatrixRole[], calls: readonly CallInfo[]): string[] {
  const inner = (): string[] => {
    if (call === null) return kind === "loss" ? ["→", "·", "→"] : ["→", "−", "→"];
    if (kind === "slope") return ["⊙"];
    if (kind === "update") return ["→", "+"];
    return calls[call]!.kind === "linear" ? ["·", "+"] : [];
  };
  const isResultArrow = call === null || (kind === "forward" && calls[call]!.kind !== "linear");
  const between = inner().slice(0, Math.max(0, roles.length - 2));
  while (between.length < roles.length - 2) between.push("·");
  if (roles.length < 2) return [];
  return [...between, isResultArrow || (kind === "slope" && roles.length === 2) ? "→" : "="];
}

const figure = (x: number): string => {
  const text = significant(x, 4);
  return x < 0 ? `(${text})` : text;
};

export interface Rule {
  /** Of the one number that is looked at. */
  readonly name: string;
  readonly symbols: string;
  /** The rule with numbers, up to the equals sign; the value comes behind it. */
  readonly numbers: string | null;
  readonly value: number | null;
}

const SHOWN = 3;

/** Products as a sum: the greatest ones, and dots for the others. */
function sumText({ left, right, products, bias }: NonNullable<CellView["opened"]>): string {
  const order = [...products.keys()].sort((a, b) => Math.abs(products[b]!) - Math.abs(products[a]!)).slice(0, SHOWN);
  const parts = order.map((i) => `${figure(left[i]!)} · ${figure(right[i]!)}`);
  if (products.length > SHOWN) parts.push("…");
  if (bias !== null) parts.push(figure(bias));
  return parts.join(" + ");
}

const lossRules: Readonly<Record<LossName, readonly [loss: string, slope: (j: string) => string]>> = {
  crossEntropy: ["L = 1/N · Σₙ −log pₙ,ᵧ", (j) => `(p${j} − y${j}) / N`],
  meanSquaredError: ["L = 1/N · Σ (ŷ − y)²", (j) => `2 · (ŷ${j} − y${j}) / N`],
  meanAbsoluteError: ["L = 1/N · Σ |ŷ − y|", (j) => `sign(ŷ${j} − y${j}) / N`],
  binaryCrossEntropy: ["L = 1/N · Σ −(y log p + (1 − y) log(1 − p))", (j) => `(p${j} − y${j}) / N`],
};

/** The rule of one number. */
export function ruleOf(op: Op, calls: readonly CallInfo[], cell: CellView, loss: LossName, batch: number): Rule {
  const { opened } = cell;
  const [u, i] = [below(cell.unit), below(cell.index)];
  const value = opened?.value ?? null;
  const numbers = opened === null ? null : sumText(opened);
  if (op.call === null) {
    const [symbols, slope] = lossRules[loss];
    if (op.kind === "loss") return { name: "L", symbols, numbers, value };
    const name = `∂L/∂${letters(calls, calls.length - 1).out}${u}`;
    return { name, symbols: `${name} = ${slope(u)}`, numbers, value };
  }
  const call = calls[op.call]!;
  const { into, out } = letters(calls, op.call);
  const k = layerMark(layerNumber(calls, op.call));
  const isBias = call.kind === "linear" && cell.index === call.inSize;
  const weight = isBias ? `b${k}${u}` : `w${k}${u},${i}`;
  const overBatch = batch > 1 ? "Σₙ " : "";
  switch (op.kind) {
    case "forward": {
      const name = `${out}${call.linear === null ? i : u}`;
      if (call.kind === "linear") {
        const bias = call.hasBias ? ` + b${k}${u}` : "";
        return { name, symbols: `${name} = Σᵢ w${k}${u},ᵢ · ${into}ᵢ${bias}`, numbers, value };
      }
      if (call.kind === "activation") {
        const { curve } = cell;
        const symbols = `${name} = ${call.activation}(${into}${u})`;
        return {
          ...{ name, symbols },
          numbers: curve && `${call.activation}(${significant(curve.at, 4)})`,
          value: curve?.value ?? null,
        };
      }
      if (call.kind === "rescale") return { name, symbols: `${name} = s${u} · ${into}${u} + o${u}`, numbers, value };
      return {
        name,
        symbols: call.kind === "other" ? `${name} = f(${into})${u}` : `${name} = ${name}`,
        numbers: null,
        value,
      };
    }
    case "weights": {
      const name = `∂L/∂${weight}`;
      return {
        name,
        symbols: `${name} = ${overBatch}∂L/∂${out}${u} · ${isBias ? "1" : `${into}${i}`}`,
        numbers,
        value,
      };
    }
    case "back": {
      const name = `∂L/∂${into}${i}`;
      return { name, symbols: `${name} = Σᵤ ∂L/∂${out}ᵤ · w${k}ᵤ,${i}`, numbers, value };
    }
    case "slope": {
      const at = call.linear === null ? i : u;
      const name = `∂L/∂${into}${at}`;
      const slopes: Readonly<Record<string, string>> = {
        activation: `${call.activation}′(${into}${at})`,
        rescale: `s${at}`,
        other: `∂${out}/∂${into}${at}`,
      };
      const isMixed = cell.over === "outputs";
      const symbols = isMixed
        ? `${name} = Σⱼ ∂L/∂${out}ⱼ · ∂${out}ⱼ/∂${into}${at}`
        : `${name} = ∂L/∂${out}${at} · ${slopes[call.kind] ?? "1"}`;
      return { name, symbols, numbers, value };
    }
    case "update":
    case "loss":
    case "lossGrad": {
      return {
        name: weight,
        symbols: cell.update?.lines.at(-1)?.rule ?? "",
        numbers: null,
        value: cell.update?.after ?? null,
      };
    }
  }
}
