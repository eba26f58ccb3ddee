import type { TypedArray } from "../core/dtype.ts";
import type { TensorType } from "../core/shape.ts";
import { sizeOf } from "../core/shape.ts";
import type { Program, RunRequest, RunResult } from "../program/program.ts";
import { asDevice, type BlockingDevice, type LoadedProgram, type SyncDevice } from "./backend.ts";
import { type Gap, type Gaps, gapOf } from "./gaps.ts";
import { type Notice, tell } from "./notice.ts";
import { checkData, missingState } from "./request.ts";

interface Entry {
  readonly device: SyncDevice;
  readonly inner: LoadedProgram;
  /** Names of the states that it uses. */
  readonly states: readonly string[];
}

interface Home extends TensorType {
  device: SyncDevice;
}

/**
 * Two devices as one: programs run on the first, and those that it cannot run on the second. A state lies where it was
 * used last, and moves when a program on the other device needs it.
 */
class FallbackDevice implements SyncDevice {
  readonly #first: SyncDevice;
  readonly #second: SyncDevice;
  readonly #gaps: Gaps;
  readonly #notice: (gap: Gap) => void;
  readonly #homes = new Map<string, Home>();
  readonly #loaded = new WeakMap<LoadedProgram, Entry>();

  constructor(first: SyncDevice, second: SyncDevice, gaps: Gaps, notice: (gap: Gap) => void) {
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
    this.#loaded.set(loaded, { device, inner: device.load(program), states });
    return loaded;
  }

  unload(loaded: LoadedProgram): void {
    const entry = this.#loaded.get(loaded);
    if (entry === undefined) return;
    this.#loaded.delete(loaded);
    entry.device.unload(entry.inner);
  }

  run(loaded: LoadedProgram, request: RunRequest): RunResult {
    const entry = this.#loaded.get(loaded);
    // The first device knows what to say of a program that is not loaded.
    if (entry === undefined) return this.#first.run(loaded, request);
    for (const name of entry.states) this.#move(name, entry.device);
    return entry.device.run(entry.inner, request);
  }

  #move(name: string, device: SyncDevice): void {
    const home = this.#homes.get(name);
    if (home === undefined || home.device === device) return;
    device.write(name, home, home.device.read(name));
    home.device.free([name]);
    home.device = device;
  }

  write(name: string, type: TensorType, data: TypedArray): void {
    checkData("write", `state "${name}"`, type, data, sizeOf(type.shape));
    const device = this.#gaps[type.dtype] === undefined ? this.#first : this.#second;
    const home = this.#homes.get(name);
    if (home !== undefined && home.device !== device) home.device.free([name]);
    device.write(name, type, data);
    this.#homes.set(name, { dtype: type.dtype, shape: [...type.shape], device });
  }

  read(name: string): TypedArray {
    const home = this.#homes.get(name);
    if (home === undefined) throw missingState("read", name);
    return home.device.read(name);
  }

  free(names: readonly string[]): void {
    for (const name of names) {
      this.#homes.get(name)?.device.free([name]);
      this.#homes.delete(name);
    }
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
  const sync = new FallbackDevice(first.sync, second.sync, gaps, notice);
  const { backend, variant, threads } = first;
  // Asked for anew each time: the first device may have more to tell later, such as the loss of a thread.
  return withNotices(asDevice(sync, { backend, variant, threads, notices: [] }), () => [...first.notices, ...own]);
}

/** The same device with other notices, which may grow. */
export function withNotices(device: BlockingDevice, notices: () => readonly Notice[]): BlockingDevice {
  return Object.defineProperty({ ...device }, "notices", { get: notices, enumerable: true });
}
