/** Watches for the wish to stop: the first asks the work to end well, the second ends the process. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Exit code of what asked to stop; undefined as long as nothing did. */
  readonly exitCode: number | undefined;
  /** What to say before the second wish ends the process. */
  onQuit: (() => void) | undefined;
  /** Asks to stop as if the user had. */
  stop(exitCode: number): void;
  /** Leaves signals to Node again. */
  release(): void;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** @param onFirst tells the user what happens now. */
export function watchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (code: number): void => {
    exitCode ??= code;
    controller.abort();
  };
  const handlers = Object.entries(SIGNALS).map(([name, code]) => {
    const handler = (): void => {
      if (exitCode !== undefined) {
        interrupt.onQuit?.();
        process.exit(code);
      }
      stop(code);
      onFirst();
    };
    process.on(name as keyof typeof SIGNALS, handler);
    return { name: name as keyof typeof SIGNALS, handler };
  });
  const interrupt: Interrupt = {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    onQuit: undefined,
    stop,
    release() {
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
  return interrupt;
}
