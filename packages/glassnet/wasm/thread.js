/**
 * @file The start of a thread that runs programs along with others: a worker of Node, or a module worker of a browser.
 * It is an asset like the modules beside it, in plain JavaScript, so that it runs from the sources and from a build alike.
 */

const isNode = typeof process === "object" && typeof process.getBuiltinModule === "function";
const port = isNode ? process.getBuiltinModule("node:worker_threads").parentPort : globalThis;

/** A run that was lost; `kernels/program.h`. */
const NOT_FINISHED = -2;

/**
 * Leads the runs that are ordered in shared memory, in the place of the thread that orders them. An order is as
 * `src/backends/wasm/leader.ts` has it; its outcome is written beside it, and told by a message.
 */
function lead(exports, memory, mailbox, order) {
  const words = new Int32Array(memory.buffer, order, 8);
  const time = new Float64Array(memory.buffer, order + 32, 1);
  for (let count = 0; ; ) {
    Atomics.wait(words, 0, count);
    count = Atomics.load(words, 0);
    const [, , program, steps, threads] = words;
    const begin = performance.now();
    words[5] = NOT_FINISHED;
    try {
      words[5] = threads > 1 ? exports.lead(mailbox, program, steps, threads) : exports.run(program, steps);
    } finally {
      time[0] = performance.now() - begin;
      Atomics.store(words, 1, count);
      Atomics.notify(words, 1);
      port.postMessage("ended");
    }
  }
}

port.onmessage = ({ data: { module, memory, mailbox, stack, order } }) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.__stack_pointer.value = stack;
  const thread = order === undefined ? exports.join(mailbox) : 0;
  port.postMessage("joined");
  try {
    if (order !== undefined) lead(exports, memory, mailbox, order);
    exports.serve(mailbox, thread); // until the team breaks
  } catch (error) {
    exports.fail(mailbox);
    throw error;
  }
  port.onmessage = null;
  if (isNode) port.close();
  else globalThis.close();
};
