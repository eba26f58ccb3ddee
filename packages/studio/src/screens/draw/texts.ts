import { en } from "./messages.en.tsx";
import { zh } from "./messages.zh.tsx";

export const texts = { en, zh };
