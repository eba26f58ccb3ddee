import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadMnist } from "glassnet/node";
import { verb } from "./context.ts";
import { exitCodes, Failure, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { watchInterrupt } from "./interrupt.ts";
import type { Messages } from "./messages/index.ts";
import { modelFlags } from "./model-flags.ts";
import { openModel } from "./saved-model.ts";
import { studioFiles } from "./studio-files.ts";
import { type StudioServer, type StudioServerOptions, serveStudio } from "./studio-server.ts";

const USAGE = "glassnet studio [MODEL] [options]";

/** Tried first, so that the address is the same from day to day. */
const USUAL_PORT = 4170;

const flags = {
  port: {
    kind: "integer",
    min: 0,
    max: 65_535,
    default: USUAL_PORT,
    isOptional: true,
    help: `port of the address; by default ${USUAL_PORT}, or any that is free`,
    zh: `地址的端口；默认 ${USUAL_PORT}，若被占用则任选一个空闲的`,
  },
  open: {
    kind: "flag",
    default: true,
    help: "do not open the browser",
    zh: "不打开浏览器",
  },
  data: modelFlags.data,
} as const satisfies FlagTable;

/** The built studio, which the package brings along. */
function studioFolder(m: Messages): string {
  const folder = fileURLToPath(new URL("../dist/studio/", import.meta.url));
  if (!existsSync(`${folder}/index.html`)) throw new Failure(m.studio.notBuilt, m.studio.notBuiltHint);
  return folder;
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function cannotListen(port: number, cause: unknown, m: Messages): Failure {
  return new Failure(m.studio.cannotListen(String(port), codeOf(cause)), m.studio.otherPort, cause);
}

/** The port that was asked for, or the usual one, or any. */
async function serve(
  options: Omit<StudioServerOptions, "port">,
  port: number | undefined,
  m: Messages,
): Promise<StudioServer> {
  try {
    return await serveStudio({ ...options, port: port ?? USUAL_PORT });
  } catch (cause) {
    const code = codeOf(cause);
    if (port === undefined && (code === "EADDRINUSE" || code === "EACCES")) return serveStudio({ ...options, port: 0 });
    throw cannotListen(port ?? USUAL_PORT, cause, m);
  }
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens the address in the browser of this machine, if it has one: the address is printed anyway. */
function openBrowser(url: string): void {
  const [command = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

export const studioVerb = verb({
  name: "studio",
  usage: [USAGE],
  flags,
  examples: [
    ["npx glassnet studio", { en: "with the built-in digits", zh: "使用内置的数字和模型" }],
    ["npx glassnet studio runs/…", { en: "with a network that you trained", zh: "使用你训练的网络" }],
    [
      "npx glassnet studio --port 8080 --no-open",
      { en: "at a fixed address, without a browser", zh: "固定地址，不打开浏览器" },
    ],
  ],
  async run({ positionals, values, terminal, m }) {
    const [name, extra] = positionals;
    if (extra !== undefined) {
      throw new UsageFailure(m.usage.extraArgument("studio", extra), m.usage.seeUsage(m.help.usageLine(USAGE)));
    }
    const folder = studioFolder(m);
    // Read here, so that what is wrong with it is told here and not in the browser.
    const opened = name === undefined ? undefined : await openModel(name, m);
    if (values.data !== undefined) await loadMnist({ directory: values.data });
    const server = await serve({ folder, extras: studioFiles(opened?.path, values.data) }, values.port, m);
    const interrupt = watchInterrupt(() => undefined);
    const stopped = new Promise<void>((resolve) => interrupt.signal.addEventListener("abort", () => resolve()));
    terminal.print(m.studio.running(terminal.paint.accent(server.url)));
    if (opened !== undefined) terminal.print(m.studio.opened(opened.path));
    terminal.print(m.studio.local);
    terminal.print(terminal.paint.dim(m.studio.stopHint));
    if (values.open) openBrowser(server.url);
    await stopped;
    await server.close();
    interrupt.release();
    return exitCodes.done;
  },
});
