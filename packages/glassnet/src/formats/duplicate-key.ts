/**
 * The first key that an object in a JSON text has twice. `JSON.parse` keeps the last of them without a word.
 *
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // the keys of each open object; an array has none
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;
  let text = "";
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [found] = match;
    if (found === "{") open.push(new Set());
    else if (found === "[") open.push(undefined);
    else if (found === "}" || found === "]") open.pop();
    else if (found !== ":") text = found;
    else {
      const key = JSON.parse(text) as string; // "\u0061" and "a" are the same key
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
