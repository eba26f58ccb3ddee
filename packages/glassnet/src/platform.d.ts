// The few globals that browsers and Node share; the library's core has neither DOM nor Node types in scope.
// Node's own sources and the tests get these from @types/node instead.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}

declare const performance: { now(): number };

declare class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

declare class MessagePort {
  onmessage: ((event: unknown) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

declare class AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}

/** Node only; browsers have MessageChannel. */
declare var setImmediate: ((callback: () => void) => unknown) | undefined;
