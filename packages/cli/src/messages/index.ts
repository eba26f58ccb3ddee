import { type Computing, computing } from "./computing.ts";
import { type Explain, explain } from "./explain.ts";
import { type General, general } from "./general.ts";
import { type Models, models } from "./models.ts";
import { type Studio, studio } from "./studio.ts";
import { type Train, train } from "./train.ts";

/** @file The texts for people. English is the model: a text that is missing in Chinese does not compile. */

export type Language = "en" | "zh";

export type Messages = General & {
  readonly train: Train;
  readonly models: Models;
  readonly explain: Explain;
  readonly computing: Computing;
  readonly studio: Studio;
};

export function messagesOf(lang: Language): Messages {
  return {
    ...general[lang],
    train: train[lang],
    models: models[lang],
    explain: explain[lang],
    computing: computing[lang],
    studio: studio[lang],
  };
}
