import type { Device } from "glassnet/engine";
import * as engine from "glassnet/engine";
import { type Setting, SubjectFault } from "../driver/protocol.ts";

/**
 * @file How a backend of Glassnet is opened: the one place to change when there is another. Backends that this build
 * does not have are absent.
 */

type OpenBackend = (name: string, options: { readonly threads: number }) => Promise<Device>;

export async function openDevice({ threads, options }: Setting): Promise<Device> {
  const backend = options?.backend ?? "reference";
  if (backend === "reference") return engine.openReference();
  const { openBackend } = engine as { readonly openBackend?: OpenBackend };
  if (openBackend === undefined) throw new SubjectFault("absent", `this build has no ${backend} backend`);
  const device = await openBackend(backend, { threads });
  if (device.backend !== backend) throw new SubjectFault("absent", `${backend} fell back to ${device.backend}`);
  return device;
}
