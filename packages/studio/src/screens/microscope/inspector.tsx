import { useMessages } from "../../i18n/language.tsx";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const texts = { en, zh };

/** The microscope at the right of every screen: about the unit that is selected. */
export function Inspector() {
  const m = useMessages(texts);
  return <h2>{m.title}</h2>;
}
