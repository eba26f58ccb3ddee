import { openDevice } from "glassnet";
import { Session } from "../src/worker/session.ts";
import { smallAssets } from "./assets.ts";

/** A session in Node, with few real digits and a model that was trained for a moment. Close it when the test is over. */
export async function openSmallSession(): Promise<Session> {
  const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
  return Session.open({ device, assets: smallAssets });
}
