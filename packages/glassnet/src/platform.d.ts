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

/** The part of WebAssembly that the kernels need. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
    static exports(module: Module): readonly { readonly name: string }[];
  }
  class Global {
    constructor(descriptor: { value: string; mutable?: boolean }, value: number);
    value: unknown;
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}

declare class URL {
  constructor(url: string, base?: string | URL);
  readonly href: string;
  readonly protocol: string;
}

interface ImportMeta {
  readonly url: string;
}
