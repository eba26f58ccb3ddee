import type { Optimizer } from "../optim/optimizer.ts";

/** One line of an update: what is computed, by which rule, with which numbers. */
export interface UpdateLine {
  /** What is computed, such as "m". */
  readonly symbol: string;
  /** By which rule, such as "β₁ · m + (1 − β₁) · g". */
  readonly rule: string;
  /** The rule with numbers in place of its symbols, six figures each. */
  readonly numbers: string;
  /** What it gives, in f64. */
  readonly value: number;
}

/** What an update of one entry starts from. */
export interface UpdateStart {
  readonly weight: number;
  readonly grad: number;
  /** What the optimizer keeps for the entry, by name. */
  readonly slots: Readonly<Record<string, number>>;
  /** The step that comes, counted from 1. */
  readonly step: number;
  readonly learningRate: number;
}

/** Six significant figures, with a true minus sign; in brackets if it is negative or has an exponent. */
function figure(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  const sign = x < 0 ? "−" : "";
  if (size === 0 || (size >= 1e-4 && size < 1e6)) {
    const digits = `${sign}${Number(size.toPrecision(6))}`;
    return x < 0 ? `(${digits})` : digits;
  }
  const [mantissa, exponent] = size.toExponential(5).split("e") as [string, string];
  return `(${sign}${Number(mantissa)}·10^${Number(exponent)})`.replace("^-", "^−");
}

/** A rule whose symbols are looked up in `values`; longer symbols are replaced first. */
function line(symbol: string, rule: string, values: Readonly<Record<string, number>>, value: number): UpdateLine {
  const names = Object.keys(values).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return { symbol, rule, numbers: rule.replace(pattern, (name) => figure(values[name]!)), value };
}

/**
 * The update of one entry, spelled out by the formulas of `sgd`, `adam` and `adamW`, in f64; nothing for optimizers of
 * another kind, whose rule is not known. The last line is the new weight.
 */
export function updateLines({ kind, config }: Optimizer, start: UpdateStart): readonly UpdateLine[] {
  const option = (name: string): number => Number(config[name] ?? 0);
  switch (kind) {
    case "sgd":
      return sgdLines(start, option("momentum"), config.nesterov === true, option("decay"));
    case "adam":
    case "adamW":
      return adamLines(kind, start, option);
    default:
      return [];
  }
}

/** The gradient with the pull of the weight towards 0, if there is one. */
function decayed(lines: UpdateLine[], g: number, w: number, λ: number): number {
  if (λ === 0) return g;
  const value = g + λ * w;
  lines.push(line("g", "g + λ · w", { g, λ, w }, value));
  return value;
}

function sgdLines(start: UpdateStart, μ: number, nesterov: boolean, λ: number): UpdateLine[] {
  const { weight: w, grad, slots, learningRate: η } = start;
  const lines: UpdateLine[] = [];
  const g = decayed(lines, grad, w, λ);
  if (μ === 0) {
    lines.push(line("w", "w − η · g", { w, η, g }, w - η * g));
    return lines;
  }
  const before = slots.velocity ?? 0;
  const v = μ * before + g;
  lines.push(line("v", "μ · v + g", { μ, v: before, g }, v));
  if (nesterov) lines.push(line("w", "w − η · (g + μ · v)", { w, η, g, μ, v }, w - η * (g + μ * v)));
  else lines.push(line("w", "w − η · v", { w, η, v }, w - η * v));
  return lines;
}

function adamLines(kind: "adam" | "adamW", start: UpdateStart, option: (name: string) => number): UpdateLine[] {
  const { weight: w, grad, slots, step: t, learningRate: η } = start;
  const [β1, β2, ε, λ] = [option("beta1"), option("beta2"), option("epsilon"), option("decay")];
  const lines: UpdateLine[] = [];
  const g = kind === "adam" ? decayed(lines, grad, w, λ) : grad;
  const [m0, v0] = [slots.m ?? 0, slots.v ?? 0];
  const m = β1 * m0 + (1 - β1) * g;
  const v = β2 * v0 + (1 - β2) * g * g;
  lines.push(line("m", "β₁ · m + (1 − β₁) · g", { "β₁": β1, m: m0, g }, m));
  lines.push(line("v", "β₂ · v + (1 − β₂) · g²", { "β₂": β2, v: v0, g }, v));
  const mHat = m / (1 - β1 ** t);
  const vHat = v / (1 - β2 ** t);
  lines.push(line("m̂", "m / (1 − β₁^t)", { m, "β₁": β1, t }, mHat));
  lines.push(line("v̂", "v / (1 − β₂^t)", { v, "β₂": β2, t }, vHat));
  const direction = mHat / (Math.sqrt(vHat) + ε);
  if (kind === "adamW" && λ !== 0) {
    const values = { w, η, m̂: mHat, v̂: vHat, ε, λ };
    lines.push(line("w", "w − η · (m̂ / (√v̂ + ε) + λ · w)", values, w - η * (direction + λ * w)));
  } else {
    lines.push(line("w", "w − η · m̂ / (√v̂ + ε)", { w, η, m̂: mHat, v̂: vHat, ε }, w - η * direction));
  }
  return lines;
}
