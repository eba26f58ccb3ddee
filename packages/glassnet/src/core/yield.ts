/**
 * Lets other work of this thread run: timers, input, rendering. `setTimeout` would wait at least a millisecond (four in
 * browsers), so it is not used.
 */
export function yieldToOthers(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(() => resolve());
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
