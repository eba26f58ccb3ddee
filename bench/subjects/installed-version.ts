/** The version of a package in this folder. A page has no file system: what bundles it puts the versions into `versions`. */
export async function installedVersion(name: string): Promise<string> {
  const { readFileSync } = await import("node:fs");
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
