import { type Checkup, type Dataset, type Observation, observe } from "glassnet";
import type { EpochScores } from "../../worker/history.ts";
import { lossOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";

/** What the doctor says, and of which step. */
export interface HealthReport {
  readonly checkup: Checkup;
  readonly step: number;
  /** Examples whose gradient was measured. */
  readonly rows: number;
  /** Units that were silenced by hand, by layer: the doctor finds them dead. */
  readonly silenced: number;
  /** The scores of the last epoch. */
  readonly last: EpochScores | null;
}

/** Rows of a checkup: enough to tell, few enough to be quick. */
export const HEALTH_ROWS = 128;

interface Kept {
  observation: Observation | undefined;
  /** What it was made for. */
  parts: readonly unknown[];
}

/** The program of the present model, data, loss and optimizer; made anew when one of them is another. */
async function observationOf(session: Session): Promise<Observation> {
  const kept = session.own<Kept>("train/observation", () => ({ observation: undefined, parts: [] }));
  const { project, settings, data, marks } = session;
  const plain = JSON.stringify([settings.loss, settings.optimizer, project.preprocessing]);
  const parts = [project.model, data.training, marks, plain];
  if (kept.observation !== undefined && parts.every((part, i) => part === kept.parts[i])) return kept.observation;
  await kept.observation?.release();
  const training: Dataset = { ...data.training, preprocessing: project.preprocessing };
  kept.observation = await observe(project.model, training, {
    loss: lossOf(settings.loss, training),
    optimizer: session.teacher.optimizer(),
    rows: HEALTH_ROWS,
    device: session.device,
  });
  kept.parts = parts;
  return kept.observation;
}

export async function healthOf(session: Session): Promise<HealthReport> {
  const { project, teacher, history } = {
    project: await session.current(),
    teacher: session.teacher,
    history: session.history,
  };
  const observation = await observationOf(session);
  const { divergence } = session.status();
  // Weights from a file were trained before: their first loss is not that of start values.
  const isFresh = project.origin === "settings";
  const checkup = await observation.checkup({
    learningRate: teacher.learningRate,
    steps: isFresh ? teacher.step : Math.max(1, teacher.step),
    optimizerSteps: teacher.stepsOfRule,
    slots: await teacher.slots(),
    epochs: history.epochs,
    divergence,
    ...(isFresh && history.firstLoss !== null && { initialLoss: history.firstLoss }),
  });
  let silenced = 0;
  for (const mark of session.marks.values()) silenced += mark.silenced.size;
  return { checkup, step: teacher.step, rows: checkup.rows, silenced, last: history.epochs.at(-1) ?? null };
}
