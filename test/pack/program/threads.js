import * as glassnet from "glassnet";
import { bits } from "./bits.js";

let joined = 0;
const { Worker } = globalThis;
globalThis.Worker = class extends Worker {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", () => joined++);
  }
};

/** The bits on two threads. A device tries the second one from run to run, so the first round only lets it join. */
async function bitsOfTwo() {
  const device = await glassnet.openDevice({ backend: "wasm", threads: 2, reproducible: true });
  await bits(glassnet, device, 2);
  const joinedBefore = joined;
  return { ...(await bits(glassnet, device, 4)), joined: joinedBefore };
}

bitsOfTwo().then(postMessage, (error) => postMessage({ error: String(error?.stack ?? error) }));
