import type { Round } from "../driver/protocol.ts";

/** Share of a round that runs before the clock starts, to fill the caches that others have emptied. */
const WARM_UP = 0.1;

/** Some work: how many iterations it was, if not one. */
type Done = number | undefined;

/**
 * Makes rounds of a piece of work. What blocks is never awaited, as that would be timed too. With `each`, the time of
 * every call is noted, for percentiles.
 */
export function repeat(
  work: () => Done | Promise<Done>,
  { each = false }: { readonly each?: boolean } = {},
): (ms: number) => Promise<Round> {
  let callMs = 0;
  const runFor = async (ms: number, latenciesMs?: number[]): Promise<Round> => {
    const begin = performance.now();
    let iterations = 0;
    let calls = 0;
    let before = begin;
    do {
      const pending = work();
      iterations += (typeof pending === "object" ? await pending : pending) ?? 1;
      const now = performance.now();
      latenciesMs?.push(now - before);
      before = now;
      calls++;
    } while (before - begin < ms);
    callMs = (before - begin) / calls;
    return { iterations, ms: before - begin, ...(latenciesMs && { latenciesMs }) };
  };
  return async (ms) => {
    if (callMs < WARM_UP * ms) await runFor(WARM_UP * ms); // work that fills a round needs none
    return runFor(ms, each ? [] : undefined);
  };
}
