/** What a process holds, in bytes. */
export interface Sample {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
}

const MAX_COLLECTIONS = 12;
const STILL_BYTES = 256;

/** What is left when collecting garbage frees nothing more. Needs --expose-gc. */
export async function settled(): Promise<Sample> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("start it with --expose-gc");
  let before = Number.POSITIVE_INFINITY;
  for (let k = 0; ; k++) {
    void gc();
    await new Promise((resolve) => setTimeout(resolve, 1)); // lets finalizers run
    const { heapUsed, external, rss } = process.memoryUsage();
    const isStill = k >= 2 && Math.abs(heapUsed - before) < STILL_BYTES;
    if (isStill || k >= MAX_COLLECTIONS) return { heap: heapUsed, external, rss };
    before = heapUsed;
  }
}
