import { Figure } from "../../components/figure.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { microscopeCode } from "./code.ts";
import { CurveView, useCurveTitle } from "./curve-view.tsx";
import { OverDataView } from "./data-view.tsx";
import { EditView } from "./edit-view.tsx";
import { FormsView } from "./forms-view.tsx";
import { GradientView } from "./gradient-view.tsx";
import type { Neuron } from "./neuron.ts";
import { EarlierNotice, Facts, Missing, UnitsCanvas } from "./overview.tsx";
import { PictureView } from "./picture-view.tsx";
import { ScopeProvider, useLayerName, useProvenance, useScope } from "./scope.tsx";
import "./screen.css";
import { SumView } from "./sum-view.tsx";
import { texts } from "./texts.ts";
import { ExampleBar, UnitBar } from "./unit-bar.tsx";

/** One neuron on a whole screen. */
export function MicroscopeScreen() {
  return (
    <ScopeProvider>
      <Bench />
    </ScopeProvider>
  );
}

function Bench() {
  const m = useMessages(texts);
  const { neuron, layer } = useScope();
  return (
    <div className="screen screen-2 microscope-screen">
      <h1 className="screen-title">{m.title}</h1>
      <p className="screen-lead">{m.lead}</p>
      <div className="wide microscope-choose">
        <UnitBar />
        <ExampleBar />
      </div>
      <div className="wide microscope-missing">
        <Missing />
      </div>
      {neuron !== undefined && layer !== undefined && <Figures neuron={neuron} />}
    </div>
  );
}

/** The code of a curve: of an activation, of softmax over the logits, or of none. */
export function codeOfCurve({ curve: { kind } }: Neuron) {
  if (kind === null) return microscopeCode.identity;
  return kind === "softmaxOfLogits" ? microscopeCode.softmax : microscopeCode.curve;
}

function Figures({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const nameOf = useLayerName();
  const titleOf = useCurveTitle();
  const isPhone = useIsPhone();
  const { layer, info } = useScope();
  const forward = useProvenance(neuron.step, "forward");
  const backward = useProvenance(neuron.step, "backward");
  const shown = info?.model.layers.find(({ path }) => path === neuron.layer) ?? layer!;
  return (
    <>
      <Figure
        className="wide"
        title={m.units.title(nameOf(shown))}
        code={microscopeCode.neuron}
        caption={`${m.units.caption} ${forward}`}
      >
        <EarlierNotice neuron={neuron} />
        <div className="microscope-overview">
          <UnitsCanvas neuron={neuron} height={isPhone ? 150 : 96} />
          <Facts neuron={neuron} />
        </div>
      </Figure>
      <Figure title={m.sum.title} code={microscopeCode.sum} caption={`${m.sum.caption} ${forward}`}>
        <SumView neuron={neuron} height={isPhone ? 338 : 494} isNarrow={isPhone} />
      </Figure>
      <div className="microscope-column">
        <Figure title={m.picture.title} code={microscopeCode.picture} caption={`${m.picture.caption} ${forward}`}>
          <PictureView neuron={neuron} />
        </Figure>
        <Figure title={titleOf(neuron)} code={codeOfCurve(neuron)} caption={forward}>
          <CurveView neuron={neuron} height={isPhone ? 210 : 220} />
        </Figure>
      </div>
      <Figure className="wide" title={m.forms.title} code={microscopeCode.forms} caption={forward}>
        <FormsView neuron={neuron} />
      </Figure>
      <Figure
        className="wide"
        title={m.gradient.title}
        code={microscopeCode.update}
        caption={`${m.gradient.caption} ${backward}`}
      >
        <GradientView neuron={neuron} height={isPhone ? 286 : 330} isNarrow={isPhone} />
      </Figure>
      <Figure className="wide" title={m.data.title} code={microscopeCode.overData}>
        <OverDataView neuron={neuron} />
      </Figure>
      <Figure className="wide" title={m.edit.title} code={microscopeCode.edit} caption={m.edit.caption}>
        <EditView neuron={neuron} />
      </Figure>
    </>
  );
}
