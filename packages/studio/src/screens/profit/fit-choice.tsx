import { Segments } from "../../components/controls.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fitNames } from "./table.ts";
import { texts } from "./texts.ts";
import { useProfitView } from "./use-view.ts";

/** Which of the two models is looked at, in all figures at once. */
export function FitChoice() {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  return (
    <Segments
      label={m.model}
      isLabelHidden
      choices={fitNames.map((id) => ({ id, label: m.fits[id] }))}
      value={view.fit}
      onChange={(fit) => set({ fit, step: -1 })}
    />
  );
}
