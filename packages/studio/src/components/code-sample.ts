/**
 * The few lines of TypeScript that give the numbers of a figure, by the figure's name. They are shown as they stand and run
 * by a test, so they may use only the public library and the values that the test says it gives.
 */
export type CodeSamples = Readonly<Record<string, CodeSample>>;

export interface CodeSample {
  /** Complete lines; imports from "glassnet" first. */
  readonly code: string;
  /** Names that the lines use and that are given: what the figure shows, such as `model` and `x`. */
  readonly given?: readonly string[];
}
