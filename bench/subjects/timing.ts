import type { Round } from "../driver/protocol.ts";

/** Share of a round that runs before the clock starts, to fill the caches that others have emptied. */
const WARM_UP = 0.1;

/** So many steps of the clock a single timing has to span, or it tells more of the clock than of the work. */
const CLOCK_STEPS = 20;

/** Some work: how many iterations it was, if not one. */
type Done = number | undefined;

/**
 * Makes rounds of a piece of work. What blocks is never awaited, as that would be timed too. With `each`, the time of
 * every call is noted, for percentiles. Where the clock is too coarse for that, as in pages, which have steps of 5 or 100 µs,
 * it is the mean of as many calls as it takes.
 */
export function repeat(
  work: () => Done | Promise<Done>,
  { each = false }: { readonly each?: boolean } = {},
): (ms: number) => Promise<Round> {
  const shortest = each ? CLOCK_STEPS * clockStep() : 0;
  let callMs = 0;
  const runFor = async (ms: number, latenciesMs?: number[]): Promise<Round> => {
    const group = latenciesMs === undefined ? 1 : Math.max(1, Math.ceil(shortest / callMs));
    const begin = performance.now();
    let iterations = 0;
    let calls = 0;
    let before = begin;
    do {
      for (let i = 0; i < group; i++) {
        const pending = work();
        iterations += (typeof pending === "object" ? await pending : pending) ?? 1;
      }
      const now = performance.now();
      latenciesMs?.push((now - before) / group);
      before = now;
      calls += group;
    } while (before - begin < ms);
    callMs = (before - begin) / calls;
    return { iterations, ms: before - begin, ...(latenciesMs && { latenciesMs }) };
  };
  return async (ms) => {
    if (callMs < WARM_UP * ms) await runFor(WARM_UP * ms); // work that fills a round needs none
    return runFor(ms, each ? [] : undefined);
  };
}

const TRIES = 5;

/** The least time between two different readings of the clock, in ms. */
function clockStep(): number {
  const steps = Array.from({ length: TRIES }, () => {
    const begin = performance.now();
    for (;;) {
      const now = performance.now();
      if (now > begin) return now - begin;
    }
  });
  return Math.min(...steps);
}
