import type { CodeSamples } from "../../components/code-sample.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const drawCode = {} satisfies CodeSamples;
