import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/**
 * @file Serves the studio to the browsers of this machine, and to nobody else: on loopback only, to pages that it served itself, and
 * nothing but the files in its list. So a page of another site can neither read from it (no cross-site requests) nor reach it by a
 * name that it lets point here (no DNS rebinding), and no path leads out of its folder.
 */

const LOOPBACK = "127.0.0.1";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** What every answer says: no frames around it, no guessing of types, nothing from elsewhere. */
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Something to serve that is no file of the folder: made when it is asked for. */
export type Extra = () => Uint8Array | Promise<Uint8Array>;

export interface StudioServerOptions {
  /** The built studio. Its files are listed once, at the start. */
  readonly folder: string;
  /** By path without the leading slash. They come before files of the same name. */
  readonly extras: ReadonlyMap<string, Extra>;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface StudioServer {
  /** Such as `http://127.0.0.1:4170/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Every file below a folder, by its path in addresses. Links are not followed. */
function listFiles(folder: string, prefix = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, file] of listFiles(folder, path)) files.set(name, file);
    else if (entry.isFile()) files.set(path, join(folder, path));
  }
  return files;
}

/** Why a request is refused, or `undefined`. */
function refusal(
  { method, headers, headersDistinct }: IncomingMessage,
  port: number,
): { status: number; why: string } | undefined {
  const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  const named = headersDistinct.host ?? [];
  if (named.length !== 1 || !hosts.includes(named[0]!)) {
    return { status: 421, why: "this server answers to 127.0.0.1 and localhost only" };
  }
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
    return { status: 403, why: "this server answers to its own pages only" };
  }
  // A link to the studio may stand anywhere; whatever else another site asks for is refused.
  const site = headers["sec-fetch-site"];
  const isLink = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isLink) {
    return { status: 403, why: "this server answers to its own pages only" };
  }
  if (method !== "GET" && method !== "HEAD") return { status: 405, why: "only GET and HEAD are served" };
  return undefined;
}

/** The path of a request as the lists have it, or `undefined` if it is none. */
function pathOf(url: string | undefined): string | undefined {
  const path = (url ?? "").split(/[?#]/, 1)[0]!;
  if (!path.startsWith("/")) return undefined;
  try {
    const decoded = decodeURIComponent(path.slice(1));
    return decoded === "" ? "index.html" : decoded;
  } catch {
    return undefined; // no valid encoding
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** @throws Error with the code of the system, such as EADDRINUSE */
export async function serveStudio({ folder, extras, port }: StudioServerOptions): Promise<StudioServer> {
  const files = listFiles(folder);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = refusal(request, (server.address() as AddressInfo).port);
    if (refused !== undefined) {
      end(response, refused.status, refused.why);
      return;
    }
    const path = pathOf(request.url);
    const extra = path === undefined ? undefined : extras.get(path);
    const file = path === undefined ? undefined : files.get(path);
    if (path === undefined || (extra === undefined && file === undefined)) {
      end(response, 404, "there is no such file");
      return;
    }
    const bytes = extra === undefined ? await readFile(file!) : await extra();
    const isHashed = extra === undefined && path.startsWith("assets/"); // its name changes with its content
    response.writeHead(200, {
      ...HEADERS,
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Content-Length": bytes.length,
      "Cache-Control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
  };
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else end(response, 500, "the file could not be read");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
