import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  type Connection,
  type Home,
  type Method,
  type Params,
  type Reply,
  type Request,
  type Result,
  SubjectFault,
} from "./protocol.ts";

/**
 * @file A subject in headless Chromium, one browser each, so that none shares a process with another: on the main thread of
 * a page or in a module worker, and isolated across origins or not. Threads need isolation.
 */

const bench = join(import.meta.dirname, "..");

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const LOAD_TIMEOUT_MS = 30_000;

const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Where packages keep the `.wasm` files that they fetch, and the starts of their threads. */
const ASSET_FOLDERS = ["node_modules/@tensorflow/tfjs-backend-wasm/dist", "../packages/glassnet/wasm"];

interface Page {
  readonly call: (request: Request) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

/** A connection to the subject `module` in a browser of its own, which opens at the first call. */
export function startPage(module: string, chromium: string, home: Home): Connection {
  let page: Promise<Page> | undefined;
  let nextId = 0;
  let end: SubjectFault | undefined;
  const close = async (): Promise<void> => {
    end ??= new SubjectFault("failed", "the page was closed");
    await (await page?.catch(() => undefined))?.close();
  };
  const call = async <M extends Method>(method: M, params: Params<M>, timeoutMs: number): Promise<Result<M>> => {
    if (end !== undefined) throw end;
    page ??= openPage(module, chromium, home);
    const request = { id: nextId++, method, params } as Request;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        end = new SubjectFault("failed", `no reply to "${method}" within ${timeoutMs / 1000} s`);
        reject(end);
      }, timeoutMs);
    });
    try {
      const reply = await Promise.race([page.then((opened) => opened.call(request)), late]);
      if ("fault" in reply) throw new SubjectFault(reply.fault, reply.message);
      return reply.result as Result<M>;
    } finally {
      clearTimeout(timer);
    }
  };
  return { call, close };
}

async function openPage(module: string, executablePath: string, home: Home): Promise<Page> {
  const [{ chromium }, script] = await Promise.all([import("playwright-core"), bundle(module, home)]);
  const server = await serve(script, home);
  const browser = await chromium.launch({ executablePath, args: FLAGS, headless: true }).catch((error: Error) => {
    server.close();
    throw new SubjectFault("absent", `Chromium does not start: ${error.message.split("\n")[0]}`);
  });
  const close = async (): Promise<void> => {
    await browser.close();
    server.close();
  };
  const page = await browser.newPage();
  let trouble = "nothing is said why";
  page.on("pageerror", (error) => {
    trouble = error.message;
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const isReady = await page
    .waitForFunction("globalThis.ask !== undefined", undefined, { timeout: LOAD_TIMEOUT_MS })
    .then(
      () => true,
      () => false,
    );
  if (!isReady) {
    await close();
    throw new SubjectFault("failed", `the page does not load: ${trouble}`);
  }
  return { call: (request) => page.evaluate((asked) => globalThis.ask(asked), request), close };
}

/** The subject with everything it imports, as one script. Modules of Node are asked for only in Node. */
async function bundle(module: string, { thread }: Home): Promise<string> {
  const { build } = await import("esbuild");
  const contents = `import { open } from "./${module}.ts"; import { serve } from "./serve-${thread}.ts"; serve(open);`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(bench, "subjects"), loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["node:*", "./*-recipe.ts"], // whole trainings are for processes
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

/** A page that passes everything on to the worker, once it has said that it is there. */
const WORKER_PAGE = `
  const worker = new Worker("/subject.js", { type: "module" });
  const waiting = new Map();
  worker.onerror = ({ message }) => { throw new Error(message ?? "the worker does not load"); };
  worker.onmessage = () => {
    worker.onmessage = ({ data }) => { waiting.get(data.id)(data); waiting.delete(data.id); };
    globalThis.ask = (request) => new Promise((resolve) => {
      waiting.set(request.id, resolve);
      worker.postMessage(request);
    });
  };`;

const pageFor = ({ thread }: Home): string =>
  `<!doctype html><script type="module"${thread === "page" ? ' src="/subject.js">' : `>${WORKER_PAGE}`}</script>`;

async function serve(script: string, home: Home): Promise<Server> {
  const headers = home.isIsolated ? ISOLATED : {};
  const server = createServer((request, response) => {
    void send(request.url ?? "/").then(([status, type, body]) => {
      response.writeHead(status, { "Content-Type": type, ...headers });
      response.end(body);
    });
  });
  const send = async (url: string): Promise<[number, string, string | Buffer]> => {
    if (url === "/") return [200, "text/html", pageFor(home)];
    if (url === "/subject.js") return [200, "text/javascript", script];
    const [, name, ending] = /\/([\w.-]+\.(wasm|js))$/.exec(url) ?? [];
    for (const folder of name === undefined ? [] : ASSET_FOLDERS) {
      const body = await readFile(join(bench, folder, name!)).catch(() => undefined);
      if (body !== undefined) return [200, ending === "js" ? "text/javascript" : "application/wasm", body];
    }
    return [404, "text/plain", "not found"];
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
