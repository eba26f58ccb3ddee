import type { WriteStream } from "node:tty";
import { clip } from "./width.ts";

/** Marks on text, which do nothing where colours are not wanted. */
export interface Paint {
  readonly isOn: boolean;
  /** Whether the 24 greys of a terminal with 256 colours can be used. */
  readonly hasGreys: boolean;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

export function paintOf(isOn: boolean, hasGreys = false): Paint {
  const mark = (code: number, end: number) => (text: string) =>
    isOn && text !== "" ? `\u001b[${code}m${text}\u001b[${end}m` : text;
  return {
    isOn,
    hasGreys,
    bold: mark(1, 22),
    dim: mark(2, 22),
    good: mark(32, 39),
    bad: mark(31, 39),
    accent: mark(36, 39),
  };
}

/** Where the texts for people go. */
export interface Terminal {
  readonly paint: Paint;
  /** Columns of the screen; 80 where there is none. */
  readonly columns: number;
  /** Whether a line can be drawn again. */
  readonly isLive: boolean;
  print(text?: string): void;
  /**
   * Draws a line that the next `live` replaces; what is printed goes above it, and an empty text takes it away. Nothing
   * happens where there is no screen.
   */
  live(text: string): void;
}

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream | WriteStream;
  readonly isColored: boolean;
  /** Prints nothing at all. */
  readonly isMuted?: boolean;
}

const ERASE_LINE = "\r\u001b[2K";
const ERASE_REST = "\u001b[K";

export function openTerminal({ stream, isColored, isMuted = false }: TerminalOptions): Terminal {
  const isScreen = stream.isTTY === true && process.env.TERM !== "dumb";
  const isLive = isScreen && !isMuted;
  let drawn = "";
  const columnsOf = () => (stream.columns > 0 ? stream.columns : 80);
  return {
    paint: paintOf(isScreen && isColored, isScreen && isColored && stream.getColorDepth() >= 8),
    isLive,
    get columns() {
      return isScreen ? columnsOf() : 80;
    },
    print(text = "") {
      if (isMuted) return;
      // In one piece: a line that is gone for a moment flickers.
      stream.write(drawn === "" ? `${text}\n` : `${ERASE_LINE}${text}\n${clip(drawn, columnsOf() - 1)}`);
    },
    live(text) {
      if (!isLive || (text === "" && drawn === "")) return;
      stream.write(text === "" ? ERASE_LINE : `\r${clip(text, columnsOf() - 1)}${ERASE_REST}`);
      drawn = text;
    },
  };
}
