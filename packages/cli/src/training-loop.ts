import type { EndEvent, EpochEvent, StartEvent, Training } from "glassnet";
import { EpochTable } from "./epoch-table.ts";
import type { Messages } from "./messages/index.ts";
import { Progress } from "./progress.ts";
import type { RunFolder } from "./run-folder.ts";
import type { Terminal } from "./terminal.ts";

/** What a training leaves in memory. */
export interface Trained {
  readonly start: StartEvent;
  readonly end: EndEvent;
  readonly epochs: readonly EpochEvent[];
  /** Mean of the batch losses so far in the epoch that was stopped in the middle; undefined if there was none. */
  readonly lastBatchLoss: number | undefined;
  /** Whether every event reached the file. */
  readonly isLogged: boolean;
}

/** What the loop tells whoever keeps the network safe. */
export interface LoopHooks {
  /** A network that is the best so far; it is in the model now. */
  onBest(event: EpochEvent): Promise<void>;
  /** Something beside the training failed, such as writing the events. */
  onTrouble(error: unknown): void;
}

/** Runs a training to its end: draws the progress, prints the table, and notes every event. */
export async function watchTraining(
  training: Training,
  folder: RunFolder,
  terminal: Terminal,
  m: Messages,
  hooks: LoopHooks,
): Promise<Trained> {
  let start: StartEvent | undefined;
  let end: EndEvent | undefined;
  let progress: Progress | undefined;
  let table: EpochTable | undefined;
  let isLogging = true;
  const epochs: EpochEvent[] = [];
  let batches: number[] = [];
  for await (const event of training) {
    if (isLogging) {
      try {
        await folder.log(event);
      } catch (error) {
        isLogging = false; // once is enough: the training itself goes on
        hooks.onTrouble(error);
      }
    }
    switch (event.kind) {
      case "start":
        start = event;
        progress = new Progress(terminal, m, event);
        table = new EpochTable(terminal, m);
        break;
      case "step":
        batches.push(...event.losses);
        progress?.step(event);
        break;
      case "epoch":
        batches = [];
        epochs.push(event);
        progress?.epoch({ step: event.step, elapsedMs: event.elapsedMs, accuracy: event.validation?.accuracy });
        table?.row(event);
        if (event.best) await hooks.onBest(event);
        break;
      case "end":
        end = event;
        terminal.live("");
        break;
    }
  }
  const partial = batches.length === 0 ? undefined : batches.reduce((sum, loss) => sum + loss, 0) / batches.length;
  return { start: start!, end: end!, epochs, lastBatchLoss: partial ?? epochs.at(-1)?.batchLoss, isLogged: isLogging };
}
