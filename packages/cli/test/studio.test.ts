import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { digitNames, parseIdx } from "glassnet";
import { loadMnist } from "glassnet/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StudioServer, serveStudio } from "../src/studio-server.ts";
import { finished, glassnet, start, temporaryFolder } from "./command.ts";

const folder = temporaryFolder("studio");
afterAll(() => folder.remove());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a path as it stands: `fetch` would tidy it first. */
function ask(
  base: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const { port } = new URL(base);
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the server of the studio", () => {
  let server: StudioServer;
  const site = join(folder.path, "site");
  beforeAll(async () => {
    mkdirSync(join(site, "assets"), { recursive: true });
    writeFileSync(join(site, "index.html"), "<title>studio</title>");
    writeFileSync(join(site, "served.json"), "static");
    writeFileSync(join(site, "assets/app.js"), "export {};");
    writeFileSync(join(folder.path, "secret.txt"), "secret");
    symlinkSync(join(folder.path, "secret.txt"), join(site, "link.txt"));
    const extras = new Map<string, () => Buffer | Promise<Buffer>>([
      ["served.json", () => Buffer.from("made")],
      ["broken", () => Promise.reject(new Error("gone"))],
    ]);
    server = await serveStudio({ folder: site, extras, port: 0 });
  });
  afterAll(() => server.close());

  test("listens on loopback only, and serves its files and what is made", async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    for (const path of ["/", "/index.html", "/?a=1", "/index.html?x#y"]) {
      const { status, headers, body } = await ask(server.url, path);
      expect([path, status, headers["content-type"], String(body)]).toEqual([
        path,
        200,
        "text/html; charset=utf-8",
        "<title>studio</title>",
      ]);
    }
    const script = await ask(server.url, "/assets/app.js");
    expect(script.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(script.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(script.headers["access-control-allow-origin"]).toBeUndefined();
    expect(String((await ask(server.url, "/served.json")).body)).toBe("made");
    const head = await ask(server.url, "/index.html", {}, "HEAD");
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "21", 0]);
  });

  test.each([
    ["a name that points here", { Host: "evil.example" }],
    ["such a name with the port", { Host: "evil.example:PORT" }],
    ["a name that begins like one of ours", { Host: "localhost.evil.example:PORT" }],
    ["another port", { Host: "127.0.0.1:1" }],
    ["no port", { Host: "127.0.0.1" }],
    ["another address of loopback", { Host: "127.0.0.2:PORT" }],
  ])("refuses %s as host", async (_, headers) => {
    const { port } = new URL(server.url);
    const sent = { Host: headers.Host.replace("PORT", port) };
    expect((await ask(server.url, "/index.html", sent)).status).toBe(421);
  });

  test.each([
    ["an empty host", "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"],
    ["no host, as the oldest programs send it", "GET / HTTP/1.0\r\n\r\n"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
  ])("refuses %s", async (name, lines) => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(lines.replace("PORT", port));
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|421) /);
    expect(answer, name).not.toContain("studio</title>");
  });

  test("answers to localhost as well", async () => {
    const { port } = new URL(server.url);
    const own = { Host: `localhost:${port}`, Origin: `http://localhost:${port}` };
    expect((await ask(server.url, "/served.json", own)).status).toBe(200);
  });

  test.each([
    ["another site", "https://evil.example"],
    ["another port of this machine", "http://127.0.0.1:1"],
    ["the same port over https", "https://127.0.0.1:PORT"],
    ["a file or a sandboxed frame", "null"],
    ["a site whose name begins like ours", "http://127.0.0.1:PORT.evil.example"],
  ])("refuses %s as origin", async (_, origin) => {
    const { port } = new URL(server.url);
    const { status, body } = await ask(server.url, "/served.json", { Origin: origin.replace("PORT", port) });
    expect([status, String(body)]).toEqual([403, "this server answers to its own pages only\n"]);
  });

  test("refuses what other sites fetch without an origin, but follows a link from anywhere", async () => {
    const from = (site: string, mode: string, dest: string) => ({
      "Sec-Fetch-Site": site,
      "Sec-Fetch-Mode": mode,
      "Sec-Fetch-Dest": dest,
    });
    expect((await ask(server.url, "/assets/app.js", from("cross-site", "no-cors", "script"))).status).toBe(403);
    expect((await ask(server.url, "/served.json", from("same-site", "no-cors", "image"))).status).toBe(403);
    expect((await ask(server.url, "/", from("cross-site", "navigate", "iframe"))).status).toBe(403);
    expect((await ask(server.url, "/", from("cross-site", "navigate", "document"))).status).toBe(200);
    expect((await ask(server.url, "/", from("none", "navigate", "document"))).status).toBe(200);
    expect((await ask(server.url, "/assets/app.js", from("same-origin", "cors", "script"))).status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("refuses %s", async (method) => {
    expect((await ask(server.url, "/index.html", {}, method)).status).toBe(405);
  });

  test.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/%252e%252e%252fsecret.txt",
    "/..%5csecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "/%00secret.txt",
    "/index.html%00.js",
    "//etc/passwd",
    "/etc/passwd",
    "/%2fetc%2fpasswd",
    "/link.txt",
    "/assets",
    "/assets/",
    "/%",
    "/constructor",
    "/__proto__",
    "*",
    "http://evil.example/index.html",
  ])("serves nothing at %s", async (path) => {
    const { status, body } = await ask(server.url, path);
    expect([400, 404]).toContain(status);
    expect(String(body)).not.toContain("secret\n");
  });

  test("a file that cannot be made is an answer, and the server goes on", async () => {
    expect((await ask(server.url, "/broken")).status).toBe(500);
    expect((await ask(server.url, "/")).status).toBe(200);
  });
});

/** The address that the command prints. */
async function addressOf(child: ReturnType<typeof start>): Promise<string> {
  let printed = "";
  for (;;) {
    const [chunk] = (await once(child.stdout!, "data")) as [Buffer];
    printed += String(chunk);
    const [address] = /http:\/\/\S+/.exec(printed) ?? [];
    if (address !== undefined && printed.includes("\n")) return address;
  }
}

describe("glassnet studio", () => {
  test("serves the built studio with a model that was named and the whole MNIST, until it is interrupted", async () => {
    const trained = await glassnet(
      ["train", "mnist", "--limit", "60", "--epochs", "1", "--layers", "4", "--output", "run"],
      {
        cwd: folder.path,
      },
    );
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain("npx glassnet studio run");
    const child = start(["studio", "run", "--no-open", "--port", "0"], { cwd: folder.path });
    const end = finished(child);
    const url = await addressOf(child);
    expect(String((await ask(url, "/")).body)).toContain("Glassnet Studio");
    const served = JSON.parse(String((await ask(url, "/served.json")).body)) as object;
    expect(served).toEqual({ mnist: true, model: { name: "run", path: "opened/model.safetensors" } });
    expect((await ask(url, "/opened/model.safetensors")).body.length).toBeGreaterThan(1000);
    const images = parseIdx("images", (await ask(url, "/mnist/t10k-images-idx3-ubyte")).body);
    const labels = parseIdx("labels", (await ask(url, "/mnist/t10k-labels-idx1-ubyte")).body);
    const { test: digits } = await loadMnist();
    expect(images.shape).toEqual([10_000, 28, 28]);
    expect(
      Buffer.from(images.data.buffer, images.data.byteOffset, images.data.length).equals(
        Buffer.from(digits.inputs.data.buffer, digits.inputs.data.byteOffset, digits.inputs.data.length),
      ),
    ).toBe(true);
    expect(new Set(labels.data).size).toBe(digitNames.length);
    child.kill("SIGINT");
    expect(await end).toMatchObject({ code: 0, stderr: "" });
  });

  test("names what is wrong: no model, a port that is taken, a folder without digits", async () => {
    const none = await glassnet(["studio", "nowhere", "--no-open"], { cwd: folder.path });
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain("nowhere");
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as AddressInfo;
    const taken = await glassnet(["studio", "--no-open", "--port", String(port)], { cwd: folder.path });
    blocker.close();
    expect(taken).toEqual({
      code: 1,
      stdout: "",
      stderr: `error: port ${port} is taken\n  help: choose another with --port N, or leave it out and any free one is taken\n`,
    });
    const empty = await glassnet(["studio", "--no-open", "--data", "site"], { cwd: folder.path });
    expect(empty.code).toBe(1);
    expect(empty.stderr).toContain("train-images-idx3-ubyte");
  });
});
