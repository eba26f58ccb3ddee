/** Colour sequences, which take no place on the screen. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Characters that take two columns: Chinese, Japanese and Korean scripts, their punctuation, full-width forms. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const COMBINING = /\p{Mark}/u;

/** Columns that a character takes. */
function columnsOf(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) || character.codePointAt(0)! >= 0x1f300 ? 2 : 1;
}

/** Columns that a text takes on the screen. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text.replace(ESCAPES, "")) columns += columnsOf(character);
  return columns;
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - widthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** As much of a text as fits; what has to be cut loses its colours. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let taken = "";
  let used = 0;
  for (const character of text.replace(ESCAPES, "")) {
    used += columnsOf(character);
    if (used > columns - 1) break;
    taken += character;
  }
  return `${taken}…`;
}

const CJK = "\\u2e80-\\u9fff\\uff00-\\uffef\\u201c\\u201d";
const OPENING = "[\\uff08\\u201c\\u300a\\u300c\\u3010]*";
const CLOSING = "[\\u3001\\u3002\\u300b\\u300d\\u3011\\uff01\\uff09\\uff0c\\uff1a\\uff1b\\uff1f\\u201d]*";
/** What stays together: spaces; a word, or a Chinese character, with its punctuation. `<…>` belongs to a word. */
const PIECES = new RegExp(` +|${OPENING}(?:(?:<[^<> ]*>|[^ ${CJK}])+|[${CJK}])${CLOSING}`, "g");

/**
 * Breaks a text into lines: between words, and between any two Chinese characters unless punctuation would begin a line
 * or an opening bracket end it.
 */
export function wrap(text: string, columns: number, indent = ""): string {
  const pieces = text.match(PIECES) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line !== "" && widthOf(indent + line + piece.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else if (line !== "" || piece.trim() !== "") {
      line += piece;
    }
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  return lines.map((l) => indent + l).join("\n");
}
