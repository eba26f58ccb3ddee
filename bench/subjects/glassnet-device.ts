import { openDevice, UnsupportedError } from "glassnet";
import type { Device } from "glassnet/engine";
import { type Setting, SubjectFault } from "../driver/protocol.ts";

/** @file How a backend of Glassnet is opened. One that this build or this machine does not have is absent. */

type BackendName = "native" | "wasm" | "reference";

export async function openBackend({ threads, options }: Setting): Promise<Device> {
  const backend = (options?.backend ?? "reference") as BackendName;
  const device = await openDevice({ backend, threads }).catch((error: unknown) => {
    if (error instanceof UnsupportedError) throw new SubjectFault("absent", error.message);
    throw error;
  });
  if (device.backend !== backend) {
    throw new SubjectFault("absent", `there is no ${backend} backend here: ${device.backend} was opened`);
  }
  if (device.threads !== threads) {
    const why = device.notices.map(({ message }) => message).join("; ") || `it runs ${device.threads}`;
    throw new SubjectFault("unsupported", `not on ${threads} threads here: ${why}`);
  }
  return device;
}
