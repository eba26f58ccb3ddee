// Adds to package-lock.json the binaries of other platforms that npm left out because its registry does not hold them.
// Without them `npm ci` refuses the lock file. Run it after `npm install`, where the test of the lock file asks for it.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const LIBC = { musl: "musl", musleabihf: "musl", gnu: "glibc", gnueabihf: "glibc" };

for (const { dev, engines, license, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    if (path in lock.packages) continue;
    const words = name.split(/[/-]/); // @oxlint/binding-linux-arm-musleabihf
    const at = words.findIndex((word) => SYSTEMS.includes(word));
    if (at < 0) throw new Error(`cannot tell the platform of ${name}`);
    const libc = LIBC[words.at(-1)];
    const platform = { os: [words[at]], cpu: [words[at + 1]], ...(libc && { libc: [libc] }) };
    lock.packages[path] = { version, ...(dev && { dev }), license, optional: true, ...platform, engines };
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
