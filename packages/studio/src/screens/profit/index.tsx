import { useEffect } from "react";
import { useMessages } from "../../i18n/language.tsx";
import { useStore, useWorkspace } from "../../workspace/hooks.tsx";
import { BiasFigure } from "./bias-figure.tsx";
import { CompareFigure } from "./compare-figure.tsx";
import { FitsFigure } from "./fits-figure.tsx";
import { PlanFigure } from "./plan-figure.tsx";
import { ResultFigure } from "./result-figure.tsx";
import { RowsFigure } from "./rows-figure.tsx";
import "./screen.css";
import { Words } from "../../components/words.tsx";
import { SourceFigure } from "./source-figure.tsx";
import { StepsFigure } from "./steps-figure.tsx";
import { SurfaceFigure } from "./surface-figure.tsx";
import { texts } from "./texts.ts";
import { useLab } from "./use-lab.ts";
import { TableProvider } from "./use-table.tsx";
import { useProfitView } from "./use-view.ts";

/** The table that was looked at last: one that was dropped since then is shown at once. */
let known: object | null = null;

/** A company's books, two models of them, and the inputs that make them predict the best profit. */
export function ProfitScreen() {
  return (
    <TableProvider>
      <Lab />
    </TableProvider>
  );
}

function Lab() {
  const m = useMessages(texts);
  const lab = useLab();
  const { set } = useProfitView();
  const file = useStore(useWorkspace().table);
  useEffect(() => {
    if (file !== null && file !== known) set({ source: "table" });
    known = file;
  }, [file, set]);
  const { info } = lab;
  return (
    <div className="screen screen-2 profit" data-lab={info?.key} data-fitting={lab.isFitting}>
      <h1 className="screen-title">{m.title}</h1>
      <p className="screen-lead">
        <Words text={m.lead} />
      </p>
      <SourceFigure lab={lab} />
      {info !== undefined && (
        <>
          <h2 className="profit-part">{m.partBooks}</h2>
          <RowsFigure info={info} />
          <BiasFigure info={info} />
          <FitsFigure info={info} />
          <h2 className="profit-part">{m.partSearch}</h2>
          <div className="stack profit-side">
            <SurfaceFigure info={info} />
            <CompareFigure info={info} />
          </div>
          <div className="stack profit-side">
            <PlanFigure info={info} />
            <ResultFigure info={info} />
          </div>
          <StepsFigure info={info} />
        </>
      )}
    </div>
  );
}
