import { useMessages } from "../../i18n/language.tsx";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const texts = { en, zh };

export function MicroscopeScreen() {
  const m = useMessages(texts);
  return <h1>{m.title}</h1>;
}
