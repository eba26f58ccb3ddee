/** A fenced block: the words after the fence, the text, and the line (from 1) on which the text begins. */
export interface Fence {
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

/** The fenced blocks of a Markdown text, and the text without them (blank lines instead). */
export function fencesOf(markdown: string): { readonly fences: readonly Fence[]; readonly prose: string } {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open: { mark: string; info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const mark = line.match(/^\s*(`{3,}|~{3,})(.*)$/);
    if (open === undefined && mark !== null) {
      open = { mark: mark[1]!, info: mark[2]!.trim(), line: index + 2, lines: [] };
    } else if (open !== undefined && mark !== null && mark[1]!.startsWith(open.mark) && mark[2]!.trim() === "") {
      fences.push({ info: open.info, text: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else if (open !== undefined) open.lines.push(line);
    prose.push(open === undefined && mark === null ? line : "");
  }
  if (open !== undefined) throw new Error(`the block that begins at line ${open.line} is never closed`);
  return { fences, prose: prose.join("\n") };
}

/** Targets of the links and images of a Markdown text, code left out. */
export function linksOf(markdown: string): string[] {
  const prose = withoutCode(fencesOf(markdown).prose);
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const defined = [...prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)/gm)];
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)];
  return [...inline, ...defined, ...html].map((match) => match[1]!);
}

function withoutCode(prose: string): string {
  return prose.replaceAll(/(`+)(?!`).*?\1/g, (code) => code.replaceAll(/[[\]()<>]/g, " "));
}

/** The anchors that GitHub makes of the headings, and those written as HTML. */
export function anchorsOf(markdown: string): Set<string> {
  const { prose } = fencesOf(markdown);
  const anchors = new Set<string>();
  for (const [, heading] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
      .replaceAll(" ", "-");
    let unique = slug;
    for (let n = 1; anchors.has(unique); n++) unique = `${slug}-${n}`;
    anchors.add(unique);
  }
  for (const [, id] of prose.matchAll(/\b(?:id|name)="([^"]+)"/g)) anchors.add(id!);
  return anchors;
}

/**
 * The paths of an annotated tree: one or more a line, then two spaces (or ` #`) and the remark; indented below their
 * folder by spaces or by the usual lines.
 *
 *   packages/
 *     glassnet/src/   the library
 *       core/ ir/     shapes; the graph
 */
export function treePaths(tree: string): string[] {
  const paths: string[] = [];
  const parents: { indent: number; path: string }[] = [];
  for (const line of tree.split("\n")) {
    const [, lead, rest] = line.match(/^([\s│├└─]*)(.*)$/)!;
    const names = rest!
      .split(/\s{2,}|\s#/)[0]!
      .split(/\s+/)
      .filter((name) => /^[\w.@-]+(\/[\w.@-]+)*\/?$/.test(name) && /[./]/.test(name));
    if (names.length === 0) continue;
    while (parents.length > 0 && parents.at(-1)!.indent >= lead!.length) parents.pop();
    const folder = parents.at(-1)?.path ?? "";
    for (const name of names) paths.push(folder + name);
    if (names[0]!.endsWith("/")) parents.push({ indent: lead!.length, path: folder + names[0] });
  }
  return paths;
}

/** True for a block that draws a tree: its first line is a folder. */
export function isTree({ info, text }: Fence): boolean {
  return ["", "text", "tree"].includes(info) && /^[\w.@/-]+\/(\s|$)/.test(text);
}

/** The shell commands of a text, one a line, prompts and comments taken off. */
export function commandsOf(markdown: string): string[] {
  const { fences, prose } = fencesOf(markdown);
  const blocks = fences
    .filter(({ info }) => /^(sh|bash|shell|console)\b/.test(info))
    .flatMap((f) => f.text.split("\n"));
  const inline = [...prose.matchAll(/`((?:npm|npx|node) [^`]+)`/g)].map((match) => match[1]!);
  return [...blocks, ...inline]
    .map((line) =>
      line
        .replace(/^\$ /, "")
        .replace(/\s+#.*$/, "")
        .trim(),
    )
    .filter((line) => /^(npm|npx|node)\s/.test(line))
    .flatMap((line) => line.split(/\s*&&\s*/));
}
