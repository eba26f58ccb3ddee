import { accuracy, type Dataset, evaluate, type Scores, sliceRows } from "glassnet";
import type { Handlers } from "../handler.ts";
import { lossOf } from "../network.ts";
import type { Session } from "../session.ts";
import { digitSample, type Served, servedBy, type TableParams, tableData, wholeMnist } from "../source.ts";
import { StudioError } from "../trouble.ts";

/** Rows that are measured before others get their turn. */
const ROWS_A_TURN = 500;

function partOf(session: Session, part: "validation" | "training"): Dataset {
  const data = part === "training" ? session.data.training : session.data.validation;
  if (data === null) throw new StudioError("no-training-data", "no examples were kept apart to check with");
  return { ...data, preprocessing: session.project.preprocessing };
}

export const dataHandlers = {
  /** What the server has beside the studio's own files. */
  served: async ({ assets }: Session): Promise<Served> => servedBy(assets),

  /** The built-in sample, or all digits. The model is made anew. */
  digits: async (session: Session, { all }: { all: boolean }): Promise<void> => {
    await session.useData(await (all ? wholeMnist(session.assets) : digitSample(session.assets)));
  },

  /** A table of numbers. The model is made anew. */
  table: async (session: Session, table: TableParams): Promise<void> => session.useData(tableData(table)),

  /**
   * The empirical loss, and the accuracy where there are classes, over a whole part of the data, with the weights of the moment
   * at which it was asked for. A job.
   */
  evaluate: async function* (
    session: Session,
    { part }: { part: "validation" | "training" },
  ): AsyncGenerator<{ readonly done: number; readonly of: number }, Scores & { readonly step: number }, undefined> {
    const data = partOf(session, part);
    const model = await session.copyModel();
    const { step } = session.teacher;
    const options = {
      loss: lossOf(session.settings.loss, data),
      metrics: data.classNames === undefined ? {} : { accuracy },
      device: session.device,
    };
    const sums: Record<string, number> = {};
    for (let begin = 0; begin < data.size; begin += ROWS_A_TURN) {
      const end = Math.min(data.size, begin + ROWS_A_TURN);
      const scores = await evaluate(model, sliceRows(data, begin, end), options);
      for (const [name, score] of Object.entries(scores)) sums[name] = (sums[name] ?? 0) + score * (end - begin);
      yield { done: end, of: data.size };
    }
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / data.size] as const);
    return { ...(Object.fromEntries(means) as Scores), step };
  },
} satisfies Handlers;
