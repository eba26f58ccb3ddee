import type { Term } from "glassnet";

/** The glossary is large: it is fetched when the first term is asked for. */
let loading: Promise<readonly Term[]> | undefined;

export function loadGlossary(): Promise<readonly Term[]> {
  loading ??= import("glassnet").then(({ glossary }) => glossary);
  return loading;
}

export type { Term };
