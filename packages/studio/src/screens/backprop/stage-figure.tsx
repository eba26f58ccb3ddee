import { Button, Segments } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useClient, useInfo, useLive } from "../../worker/hooks.tsx";
import { useSelection, useWorkspace } from "../../workspace/hooks.tsx";
import { backpropCode } from "./code.ts";
import { GraphView } from "./graph-view.tsx";
import { MatricesView } from "./matrices-view.tsx";
import { EVERY_MS, useBackpropView, useStepper } from "./stepper.tsx";
import { resultSymbol } from "./symbols.ts";
import { useOpWords } from "./tape-figure.tsx";
import { texts } from "./texts.ts";

/** The operation in numbers: as matrices, or, of a small network, as a graph. */
export function StageFigure() {
  const m = useMessages(texts);
  const { op, tape, question, focus } = useStepper();
  const words = useOpWords();
  const provenance = useProvenance();
  const [view, setView] = useBackpropView();
  const { data: graph } = useLive("backprop/graph", { question, focus }, { everyMs: EVERY_MS });
  const isGraph = view.stage === "graph";
  return (
    <Figure
      className="wide backprop-stage"
      title={
        <>
          {resultSymbol(op, tape.calls)} <span className="muted backprop-title-words">{words(op)}</span>
        </>
      }
      caption={provenance}
      code={backpropCode.stepper}
      tools={
        <Segments
          label={m.stage.view}
          isLabelHidden
          choices={[
            { id: "matrix", label: m.stage.matrix },
            { id: "graph", label: m.stage.graph },
          ]}
          value={isGraph ? "graph" : "matrix"}
          onChange={(stage) => setView({ stage })}
        />
      }
    >
      {!isGraph ? <MatricesView /> : graph ? <GraphView graph={graph} /> : graph === null ? <TooLarge /> : null}
      {tape.hasKept && <GiveBack />}
    </Figure>
  );
}

/** Which examples and weights the numbers are from. */
export function useProvenance(): string {
  const m = useMessages(texts).question;
  const language = useLanguage();
  const info = useInfo();
  const { tape, question } = useStepper();
  const { from } = question.example;
  const place = tape.rows.map((row) => count(row, language)).join(", ");
  const text = m.provenance(m[from], place, count(tape.step, language));
  const hasDropout = tape.calls.some(({ kind }) => kind === "dropout");
  return info !== undefined && hasDropout ? `${text} ${m.dropout}` : text;
}

function TooLarge() {
  const m = useMessages(texts).stage;
  const client = useClient();
  const { undo } = useWorkspace();
  const [, select] = useSelection();
  const open = async (): Promise<void> => {
    const forget = () =>
      select({ layer: null, unit: 0, classIndex: null, versus: null, example: { from: "validation", index: 0 } });
    const openIt = async (): Promise<void> => {
      await client.request("backprop/openSmall", undefined);
      forget();
    };
    const giveBack = async (): Promise<void> => {
      await client.request("backprop/giveBack", undefined);
      forget();
    };
    await openIt();
    undo.note({ label: m.smallLabel, redo: openIt, undo: giveBack });
  };
  return (
    <Notice>
      <p>{m.tooLarge}</p>
      <p className="backprop-note">{m.smallNote}</p>
      <Button onPress={() => void open()}>{m.openSmall}</Button>
    </Notice>
  );
}

function GiveBack() {
  const m = useMessages(texts).stage;
  const client = useClient();
  const [, select] = useSelection();
  const giveBack = async (): Promise<void> => {
    await client.request("backprop/giveBack", undefined);
    select({ layer: null, unit: 0, classIndex: null, versus: null, example: { from: "validation", index: 0 } });
  };
  return (
    <div className="row backprop-give-back">
      <span className="backprop-note">{m.smallOpen}</span>
      <Button onPress={() => void giveBack()}>{m.giveBack}</Button>
    </div>
  );
}
