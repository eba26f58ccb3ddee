import { Button, Tabs } from "../../components/controls.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useWorkspace } from "../../workspace/hooks.tsx";
import { CurveView } from "./curve-view.tsx";
import { OverDataView } from "./data-view.tsx";
import { EditView } from "./edit-view.tsx";
import { GradientView } from "./gradient-view.tsx";
import type { Neuron } from "./neuron.ts";
import { EarlierNotice, Facts, Missing, UnitsCanvas } from "./overview.tsx";
import { PictureView } from "./picture-view.tsx";
import { ScopeProvider, useMicroscopeView, useProvenance, useScope } from "./scope.tsx";
import "./screen.css";
import { SumView } from "./sum-view.tsx";
import { texts } from "./texts.ts";
import { UnitBar } from "./unit-bar.tsx";

/** The microscope at the right of every screen: about the unit that is selected. */
export function Inspector() {
  return (
    <ScopeProvider>
      <Inside />
    </ScopeProvider>
  );
}

function Inside() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const { neuron } = useScope();
  return (
    <div className="stack microscope-inspector">
      <div className="microscope-inspector-head">
        <h2 className="microscope-inspector-title">{m.title}</h2>
        <Button kind="quiet" icon="microscope" label={m.whole} onPress={() => workspace.open("microscope")} />
      </div>
      <UnitBar />
      <Missing />
      {neuron !== undefined && <Pages neuron={neuron} />}
    </div>
  );
}

const tabs = ["sum", "picture", "curve", "gradient", "data", "edit"] as const;

function Pages({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const [view, setView] = useMicroscopeView();
  const provenance = useProvenance(neuron.step, "forward");
  const tab = tabs.find((known) => known === view.tab) ?? "sum";
  const content = {
    sum: () => <SumView neuron={neuron} height={312} isNarrow />,
    picture: () => <PictureView neuron={neuron} />,
    curve: () => <CurveView neuron={neuron} height={210} />,
    gradient: () => <GradientView neuron={neuron} height={208} isNarrow />,
    data: () => <OverDataView neuron={neuron} />,
    edit: () => <EditView neuron={neuron} />,
  };
  return (
    <>
      <EarlierNotice neuron={neuron} />
      <UnitsCanvas neuron={neuron} height={92} />
      <Facts neuron={neuron} />
      <Tabs
        label={m.tabs.label}
        tabs={tabs.map((id) => ({ id, label: m.tabs[id], content: content[id] }))}
        value={tab}
        onChange={(next) => setView({ tab: next })}
      />
      <p className="microscope-note">{provenance}</p>
    </>
  );
}
