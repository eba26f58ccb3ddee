/**
 * Calls back after other work of this thread had its turn: timers, input, rendering. `setTimeout` would wait at least a
 * millisecond (four in browsers), so it is not used.
 */
export function afterOthers(callback: () => void): void {
  if (typeof setImmediate === "function") {
    setImmediate(callback);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    callback();
  };
  port2.postMessage(null);
}

/** Lets other work of this thread run. */
export function yieldToOthers(): Promise<void> {
  return new Promise(afterOthers);
}
