const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The first key that an object in a JSON text has twice. `JSON.parse` keeps the last of them without a word.
 *
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const open: (string | Set<string> | undefined)[] = []; // the keys of each open object; a list has none
  let [begin, end] = [0, 0]; // of the last string, with its quotes
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        [begin, end] = [at, endOfString(json, at)];
        at = end - 1;
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        open.push(undefined);
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        break;
      case COLON: {
        const key = JSON.parse(json.slice(begin, end)) as string; // "\u0061" and "a" are the same key
        const keys = open.at(-1);
        if (keys === key || (keys instanceof Set && keys.has(key))) return key;
        if (keys instanceof Set) keys.add(key);
        else open[open.length - 1] = keys === undefined ? key : new Set([keys, key]); // most nests are of one key
        break;
      }
    }
  }
  return undefined;
}

/** No regular expression: on a long string it overflows the stack. */
function endOfString(json: string, begin: number): number {
  let at = begin + 1;
  for (let code = json.charCodeAt(at); code !== QUOTE; code = json.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1;
  return at + 1;
}
