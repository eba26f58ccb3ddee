import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useSelection, useStore } from "../../workspace/hooks.tsx";
import { useDesk, useLooked } from "./desk.tsx";
import { texts } from "./texts.ts";

/**
 * Where the numbers are from: which picture, which step, which pass. It stands for itself, so that a step of training draws nothing
 * but this line again.
 *
 * @param step steps behind the numbers, if they are not those of the picture of the network
 */
export function Provenance({ step }: { step?: number | undefined }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { pad } = useDesk();
  const [{ example }] = useSelection();
  const row = useStore(pad.state, (state) => state.row);
  const looked = useLooked(({ look }) => (step === undefined ? (look?.step ?? 0) : step));
  const n = (index: number) => count(index, language);
  const picture =
    example.from !== "drawing"
      ? m.provenance[example.from](n(example.index))
      : row === null
        ? m.provenance.drawing
        : m.provenance.binary(n(row.index));
  return <>{m.provenance.all(picture, n(looked))}</>;
}
