import { deviceOptions, openDevice } from "glassnet";
import type { Device } from "glassnet/engine";
import { UsageFailure } from "./failure.ts";
import type { FlagTable, Values } from "./flag.ts";
import type { Messages } from "./messages/index.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

/** The flags of the verbs that compute: the library's own options. */
export const computingFlags = {
  backend: {
    ...deviceOptions.backend,
    placeholder: "NAME",
    zh: "由什么来计算：本机插件或 WebAssembly 中的内核，或纯 TypeScript；auto 取第一个可用的",
  },
  threads: {
    ...deviceOptions.threads,
    isOptional: true,
    help: `${deviceOptions.threads.help}; by default one for each processor`,
    zh: "最多用多少个线程计算，不影响结果；默认每个处理器一个",
  },
  reproducible: {
    ...deviceOptions.reproducible,
    zh: "在任何机器上结果的每一位都相同：WebAssembly 不使用舍入因机器而异的乘加指令",
  },
} as const satisfies FlagTable;

export type ComputingValues = Pick<Values<typeof computingFlags>, "threads" | "reproducible"> & {
  readonly backend: string;
};

/** What computed, as records and JSON tell it: all that decides the bits of a result, and the threads. */
export interface ComputedBy {
  readonly backend: string;
  readonly variant: string;
  readonly threads: number;
  readonly reproducible: boolean;
}

/** @throws UsageFailure for flags that say nothing together, or contradict each other. */
export function checkComputing(where: string, { backend, threads, reproducible }: ComputingValues, m: Messages): void {
  if (backend === "reference" && threads !== undefined) {
    throw new UsageFailure(m.usage.noEffect(where, "--threads", "--backend reference"));
  }
  if (backend === "native" && reproducible) {
    throw new UsageFailure(m.computing.notReproducible(where), m.computing.notReproducibleHint);
  }
}

/** Opens what the flags choose. @throws UnsupportedError with the reason if it cannot run here. */
export async function openComputing(where: string, values: ComputingValues, m: Messages): Promise<Device> {
  checkComputing(where, values, m);
  const { backend, threads, reproducible } = values;
  return openDevice({
    backend: backend as (typeof deviceOptions.backend.of)[number],
    reproducible,
    ...(threads !== undefined && { threads }),
  });
}

export function computedBy(
  { backend, variant, threads }: Device,
  { reproducible }: Pick<ComputingValues, "reproducible">,
): ComputedBy {
  return { backend, variant, threads, reproducible };
}

/** Prints what a device has to say, each sentence once. */
export class Notices {
  readonly #device: Device;
  readonly #terminal: Terminal;
  readonly #m: Messages;
  readonly #told = new Set<string>();

  constructor(device: Device, terminal: Terminal, m: Messages) {
    this.#device = device;
    this.#terminal = terminal;
    this.#m = m;
  }

  /** Takes what there is to say so far as known: why no faster backend was taken is not news of every command. */
  skip(): void {
    for (const { message } of this.#device.notices) this.#told.add(message);
  }

  print(): void {
    const { paint, columns } = this.#terminal;
    for (const notice of this.#device.notices) {
      if (this.#told.has(notice.message)) continue;
      this.#told.add(notice.message);
      this.#terminal.print(paint.dim(wrap(visible(this.#m.computing.notice(notice)), Math.min(columns, 100))));
    }
  }
}
