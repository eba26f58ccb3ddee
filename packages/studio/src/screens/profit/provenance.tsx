import { useMessages } from "../../i18n/language.tsx";
import type { LabInfo } from "./lab.ts";
import { texts } from "./texts.ts";
import { useRow } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** Which model the numbers of a figure are from, and how far it was trained. */
export function Provenance({ info, isBoth = false }: { info: LabInfo; isBoth?: boolean }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { shown } = useRow(info);
  const [epochs, seed] = [String(info.epochs), String(info.seed)];
  const sentences = isBoth
    ? [m.provenanceBoth(epochs, seed), ...(shown === null ? [] : [m.provenanceNow(m.fits[shown])])]
    : [shown === view.fit ? m.provenanceNow(m.fits[view.fit]) : m.provenance(m.fits[view.fit], epochs, seed)];
  return ["", ...sentences].join(m.gap);
}
