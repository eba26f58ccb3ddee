import { circle } from "./circle.js";

let joined = 0;
const { Worker } = globalThis;
// A thread says one thing: that it has joined. So this counts those that really compute.
globalThis.Worker = class extends Worker {
  constructor(...how) {
    super(...how);
    this.addEventListener("message", () => joined++);
  }
};

circle({ threads: 2 }).then(
  (told) => postMessage({ ...told, joined }),
  (error) => postMessage({ error: String(error?.stack ?? error) }),
);
