import { circle } from "./circle.js";

/** The same in the page and then in a worker, where threads may be waited for. */
async function inPageAndWorker() {
  const inPage = await circle();
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const inWorker = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  return { inPage, inWorker };
}

globalThis.told = inPageAndWorker();
