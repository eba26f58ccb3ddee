import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

export const texts = { en, zh };
