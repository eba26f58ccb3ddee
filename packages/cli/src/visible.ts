/** Control characters of C0 and C1, what ends a line, and what turns the direction of a text. */
const HIDDEN = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text from a file as it may be printed: no character of it moves the cursor, changes colours or reorders a line. In
 * JSON it stands for the same.
 *
 * @example visible("a\u001b[2Jb"); // "a\\u001b[2Jb"
 */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
