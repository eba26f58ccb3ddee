/** What the compiled kernels leave to the reference backend, with the reason. */
export const compiledGaps = {
  f64: "f64 is for checking, and runs on the reference backend alone",
} as const;
