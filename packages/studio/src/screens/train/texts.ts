import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

/** The texts of the screen, for `useMessages`. */
export const texts = { en, zh };
