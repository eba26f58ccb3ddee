import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useSelection, useStore } from "../../workspace/hooks.tsx";
import { useDesk, useLooked } from "./desk.tsx";
import { texts } from "./texts.ts";

/** Where the numbers are from: which picture, which step, which pass. */
export function useProvenance(): string {
  const m = useMessages(texts);
  const language = useLanguage();
  const { pad } = useDesk();
  const [{ example }] = useSelection();
  const row = useStore(pad.state, (state) => state.row);
  const step = useLooked(({ look }) => look?.step ?? 0);
  const n = (index: number) => count(index, language);
  const picture =
    example.from !== "drawing"
      ? m.provenance[example.from](n(example.index))
      : row === null
        ? m.provenance.drawing
        : m.provenance.binary(n(row.index));
  return m.provenance.all(picture, n(step));
}
