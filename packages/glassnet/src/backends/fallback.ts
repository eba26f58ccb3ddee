import type { TypedArray } from "../core/dtype.ts";
import type { TensorType } from "../core/shape.ts";
import { sizeOf } from "../core/shape.ts";
import type { Program } from "../program/program.ts";
import type { BlockingDevice, LoadedProgram, SyncDevice } from "./backend.ts";
import { type Gap, type Gaps, gapOf } from "./gaps.ts";
import { type Notice, tell } from "./notice.ts";
import { checkData, missingState } from "./request.ts";

interface Entry {
  readonly device: BlockingDevice;
  readonly inner: LoadedProgram;
  /** Names of the states that it uses. */
  readonly states: readonly string[];
}

interface Home extends TensorType {
  device: BlockingDevice;
}

/**
 * Two devices as one: programs run on the first, and those that it cannot run on the second. A state lies where it was
 * used last, and moves when a program on the other device needs it.
 */
class FallbackDevice {
  readonly #first: BlockingDevice;
  readonly #second: BlockingDevice;
  readonly #gaps: Gaps;
  readonly #notice: (gap: Gap) => void;
  readonly #homes = new Map<string, Home>();
  readonly #loaded = new WeakMap<LoadedProgram, Entry>();

  constructor(first: BlockingDevice, second: BlockingDevice, gaps: Gaps, notice: (gap: Gap) => void) {
    this.#first = first;
    this.#second = second;
    this.#gaps = gaps;
    this.#notice = notice;
  }

  load(program: Program): LoadedProgram {
    const gap = gapOf(this.#gaps, program);
    if (gap !== undefined) this.#notice(gap);
    const device = gap === undefined ? this.#first : this.#second;
    const loaded = { program };
    const states = program.buffers.flatMap(({ source }) => (source.kind === "state" ? [source.name] : []));
    this.#loaded.set(loaded, { device, inner: device.sync.load(program), states });
    return loaded;
  }

  /** Forgets a program, which its device is to unload. */
  forget(loaded: LoadedProgram): Entry | undefined {
    const entry = this.#loaded.get(loaded);
    this.#loaded.delete(loaded);
    return entry;
  }

  /**
   * Where a program is to run, with its states moved there. Moving blocks, behind all that was asked of both devices before;
   * no program that follows needs anything of the other device then.
   */
  settle(loaded: LoadedProgram): Entry {
    // The first device knows what to say of a program that is not loaded.
    const entry = this.#loaded.get(loaded) ?? { device: this.#first, inner: loaded, states: [] };
    for (const name of entry.states) this.#move(name, entry.device);
    return entry;
  }

  #move(name: string, device: BlockingDevice): void {
    const home = this.#homes.get(name);
    if (home === undefined || home.device === device) return;
    device.sync.write(name, home, home.device.sync.read(name));
    home.device.sync.free([name]);
    home.device = device;
  }

  /** Where a state is to be written. */
  homeFor(name: string, type: TensorType, data: TypedArray): BlockingDevice {
    checkData("write", `state "${name}"`, type, data, sizeOf(type.shape));
    const device = this.#gaps[type.dtype] === undefined ? this.#first : this.#second;
    const home = this.#homes.get(name);
    if (home !== undefined && home.device !== device) home.device.sync.free([name]);
    this.#homes.set(name, { dtype: type.dtype, shape: [...type.shape], device });
    return device;
  }

  homeOf(name: string): BlockingDevice {
    const home = this.#homes.get(name);
    if (home === undefined) throw missingState("read", name);
    return home.device;
  }

  /** Forgets states, which their devices are to free. */
  leave(names: readonly string[]): readonly (readonly [BlockingDevice, string])[] {
    return names.flatMap((name) => {
      const home = this.#homes.get(name);
      this.#homes.delete(name);
      return home === undefined ? [] : [[home.device, name] as const];
    });
  }
}

/**
 * A device that runs on `second` what `first` cannot.
 *
 * @param gaps of the backend of `first`
 */
export function withFallback(first: BlockingDevice, second: BlockingDevice, gaps: Gaps): BlockingDevice {
  const own: Notice[] = [];
  const notice = (gap: Gap): void =>
    tell(own, "left-to-another", { backend: first.backend, by: second.backend, ...gap });
  const both = new FallbackDevice(first, second, gaps, notice);
  const sync: SyncDevice = {
    threads: first.sync.threads,
    load: (program) => both.load(program),
    run: (loaded, request) => {
      const { device, inner } = both.settle(loaded);
      return device.sync.run(inner, request);
    },
    write: (name, type, data) => both.homeFor(name, type, data).sync.write(name, type, data),
    read: (name) => both.homeOf(name).sync.read(name),
    free: (names) => {
      for (const [device, name] of both.leave(names)) device.sync.free([name]);
    },
    unload: (loaded) => {
      const entry = both.forget(loaded);
      entry?.device.sync.unload(entry.inner);
    },
  };
  const { backend, variant, threads } = first;
  const device: BlockingDevice = {
    ...{ backend, variant, threads, notices: [], sync },
    load: async (program) => both.load(program),
    run: async (loaded, request) => {
      const { device: home, inner } = both.settle(loaded);
      return home.run(inner, request);
    },
    write: async (name, type, data) => both.homeFor(name, type, data).write(name, type, data),
    read: async (name) => both.homeOf(name).read(name),
    free: async (names) => {
      await Promise.all(both.leave(names).map(([home, name]) => home.free([name])));
    },
    unload: async (loaded) => {
      const entry = both.forget(loaded);
      await entry?.device.unload(entry.inner);
    },
  };
  // Asked for anew each time: the first device may have more to tell later, such as the loss of a thread.
  return withNotices(device, () => [...first.notices, ...own]);
}

/** The same device with other notices, which may grow. */
export function withNotices(device: BlockingDevice, notices: () => readonly Notice[]): BlockingDevice {
  return Object.defineProperty({ ...device }, "notices", { get: notices, enumerable: true });
}
