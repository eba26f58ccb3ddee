import { companyTruth, type Season } from "glassnet";
import type { Session } from "../../worker/session.ts";
import type { ProfitLab } from "./lab.ts";
import type { FitName } from "./table.ts";

/** What one level of a column of words is worth, all else equal. In the units of the target. */
export interface LevelEffect {
  readonly level: string;
  /** The weight of this level's input in the linear fit. */
  readonly weight: number;
  /** Bias plus that weight: the bias of this level. */
  readonly bias: number;
  /** Mean prediction if every row had this level, by fit. */
  readonly mean: Readonly<Record<FitName, number>>;
  /** How far that lies from the mean over the levels, by fit: the fixed effect. */
  readonly effect: Readonly<Record<FitName, number>>;
  /** The fixed effect in the formula of the company. */
  readonly truth: number | null;
  readonly rows: number;
}

export interface Effects {
  readonly column: string;
  /** The bias of the linear fit, without any level. */
  readonly bias: number;
  readonly levels: readonly LevelEffect[];
}

/** Asks both fits about every training row once as if it had each of the levels. */
export async function effectsOf(session: Session, lab: ProfitLab, which: number): Promise<Effects | null> {
  const { books } = lab;
  const column = books.levels[which];
  if (column === undefined) return null;
  const { at, levels } = column;
  const { inputs, size } = books.training;
  const width = books.inputNames.length;
  const means: Record<FitName, number[]> = { linear: [], curved: [] };
  const counts = levels.map((_, k) => {
    let rows = 0;
    for (let row = 0; row < size; row++) rows += inputs.data[row * width + at + k]!;
    return rows;
  });
  for (const k of levels.keys()) {
    const rows = Float32Array.from(inputs.data);
    for (let row = 0; row < size; row++) {
      rows.fill(0, row * width + at, row * width + at + levels.length);
      rows[row * width + at + k] = 1;
    }
    for (const fit of ["linear", "curved"] as const) {
      const predicted = await lab.predict(session, fit, rows);
      means[fit].push(predicted.reduce((sum, y) => sum + y, 0) / size);
    }
  }
  const middle = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const { weights, bias } = await lab.linearTerms(session);
  const truths: Readonly<Record<string, number>> = companyTruth.seasonEffects satisfies Record<Season, number>;
  return {
    column: column.name,
    bias,
    levels: levels.map((level, k) => ({
      level,
      weight: weights[at + k]!,
      bias: bias + weights[at + k]!,
      mean: { linear: means.linear[k]!, curved: means.curved[k]! },
      effect: { linear: means.linear[k]! - middle(means.linear), curved: means.curved[k]! - middle(means.curved) },
      truth: books.isCompany ? truths[level]! : null,
      rows: counts[k]!,
    })),
  };
}

/** What the linear fit has learnt, in the units of the table. */
export interface Terms {
  /** What is added for one unit more of each number. */
  readonly slopes: readonly number[];
  /** What is predicted where all numbers have their mean, and no level is switched on. */
  readonly bias: number;
}

export async function termsOf(session: Session, lab: ProfitLab): Promise<Terms> {
  const { weights, bias } = await lab.linearTerms(session);
  const { preprocessing } = lab.fit("linear");
  const std = preprocessing.kind === "standardize" ? preprocessing.std : [];
  return { bias, slopes: lab.books.numbers.map(({ at }) => weights[at]! / (std[at] ?? 1)) };
}
