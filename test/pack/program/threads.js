import * as glassnet from "glassnet";
import { bits } from "./bits.js";

let joined = 0;
const { Worker } = globalThis;
globalThis.Worker = class extends Worker {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", ({ data }) => {
      if (data === "joined") joined++; // a thread that leads also says when a run has ended
    });
  }
};

/** The bits on two threads. A device tries the second one from run to run, so the first round only lets it join. */
async function bitsOfTwo() {
  const device = await glassnet.openDevice({ backend: "wasm", threads: 2, reproducible: true });
  await bits(glassnet, device, 2);
  const joinedBefore = joined;
  return { ...(await bits(glassnet, device, 4)), joined: joinedBefore };
}

// In a worker, or as a script of the page itself, whose thread may not wait: there another one leads.
if (typeof document === "undefined") {
  bitsOfTwo().then(postMessage, (error) => postMessage({ error: String(error?.stack ?? error) }));
} else {
  globalThis.told = bitsOfTwo();
}
