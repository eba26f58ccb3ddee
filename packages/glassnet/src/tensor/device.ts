import type { Device } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";

let shared: Device | undefined;

/** The device that is used where none is named. Opened on first use. */
export function defaultDevice(): Device {
  shared ??= openReference();
  return shared;
}
