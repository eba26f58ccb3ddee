import { openDevice } from "glassnet";
import { Desk } from "./desk.ts";
import type { ToPage, ToWorker } from "./protocol.ts";
import { Session } from "./session.ts";
import type { Assets } from "./source.ts";
import { StudioError, troubleOf } from "./trouble.ts";

/** The part of a worker's global object that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: ToPage, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;

function assetsBelow(base: string): Assets {
  return async (path) => {
    const response = await fetch(new URL(path, base));
    if (!response.ok) throw new StudioError("not-there", `${path}: the server answers ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
}

let desk: Desk | undefined;

async function open(base: string): Promise<void> {
  try {
    // The same bits as in Node, and in every other browser.
    const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
    const session = await Session.open({ device, assets: assetsBelow(base) });
    desk = new Desk(session, (message, transfer) => scope.postMessage(message, [...transfer]));
    desk.opened();
  } catch (error) {
    scope.postMessage({ type: "failed", trouble: troubleOf(error) }, []);
  }
}

scope.onmessage = ({ data: message }) => {
  if (message.type === "open") void open(message.base);
  else void desk?.receive(message);
};
