import { useState } from "react";
import { Button, Tabs } from "../../components/controls.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useInfo } from "../../worker/hooks.tsx";
import type { Info, Trouble } from "../../worker/protocol.ts";
import { useView } from "../../workspace/hooks.tsx";
import { ComparePanel } from "./compare-panel.tsx";
import { CourseFigures } from "./course-figures.tsx";
import { HealthFigure } from "./health-figure.tsx";
import "./screen.css";
import { Setup } from "./setup.tsx";
import { SpreadsFigure } from "./spreads-figure.tsx";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";
import { WeightsFigure } from "./weights-figure.tsx";

/** A network, how it learns, and how it is seen to learn. */
export function TrainScreen() {
  const m = useMessages(texts);
  const info = useInfo();
  return (
    <div className="screen train">
      <header className="train-head">
        <div>
          <h1 className="screen-title">{m.title}</h1>
          <p className="muted">{m.lead}</p>
        </div>
        {info && <StartOver info={info} />}
      </header>
      {info && (
        <div className="train-body">
          <Setup info={info} />
          <Watched info={info} />
        </div>
      )}
    </div>
  );
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

function StartOver({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const { layers, parameters, inputShape } = info.model;
  const shape = [sizeOf(inputShape), ...layers.map(({ outFeatures }) => outFeatures)].join("-");
  return (
    <div className="train-head-side">
      <span className="muted number">{m.summary(shape, count(parameters, language))}</span>
      <Button
        icon="reset"
        onPress={() => {
          setTrouble(undefined);
          client.request("core/reset").catch((error) => setTrouble(troubleIn(error)));
        }}
      >
        {m.startOver}
      </Button>
      {trouble && <TroubleNotice trouble={trouble} />}
    </div>
  );
}

function Watched({ info }: { info: Info }) {
  const m = useMessages(texts);
  const [{ tab }, setView] = useView("train", trainView);
  return (
    <div className="train-main">
      <Tabs
        label={m.tabsLabel}
        value={tab === "compare" ? "compare" : "watch"}
        onChange={(next) => setView({ tab: next })}
        tabs={[
          {
            id: "watch",
            label: m.tabs.watch,
            content: () => (
              <div className="train-watch">
                <CourseFigures info={info} />
                <WeightsFigure info={info} />
                <HealthFigure info={info} />
                <SpreadsFigure info={info} />
              </div>
            ),
          },
          { id: "compare", label: m.tabs.compare, content: () => <ComparePanel info={info} /> },
        ]}
      />
    </div>
  );
}
