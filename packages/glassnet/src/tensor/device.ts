import type { Device } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";

let shared: Device | undefined;

/** The device that blocking calls use where none is named: one that computes on the calling thread. */
export function defaultDevice(): Device {
  shared ??= openReference();
  return shared;
}

/**
 * The device to use for a call that may wait: the one that was named, or the default, opened on first use. Opening may
 * mean fetching and compiling code, so whatever can wait asks here.
 */
export async function openDevice(named?: Device): Promise<Device> {
  return named ?? defaultDevice();
}
