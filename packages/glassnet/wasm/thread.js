/**
 * @file The start of a thread that runs programs along with others: a worker of Node, or a module worker of a browser.
 * It is an asset like the modules beside it, in plain JavaScript, so that it runs from the sources and from a build alike.
 */

const isNode = typeof process === "object" && typeof process.getBuiltinModule === "function";
const port = isNode ? process.getBuiltinModule("node:worker_threads").parentPort : globalThis;

port.onmessage = ({ data: { module, memory, mailbox, stack } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.__stack_pointer.value = stack;
  const thread = exports.join(mailbox);
  port.postMessage("joined");
  try {
    exports.serve(mailbox, thread); // until the team breaks
  } catch (error) {
    exports.fail(mailbox);
    throw error;
  }
  port.onmessage = null;
  if (isNode) port.close();
  else globalThis.close();
};
