import { Button, NumberField, Select } from "../../components/controls.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import type { Example } from "../../workspace/selection.ts";
import { useLayerName, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";

/** Which layer, which neuron of it. */
export function UnitBar() {
  const m = useMessages(texts);
  const nameOf = useLayerName();
  const { info, layer, unit } = useScope();
  const [, select] = useSelection();
  if (info === undefined || layer === undefined) return null;
  const last = layer.outFeatures - 1;
  return (
    <div className="microscope-bar">
      <Select
        label={m.layer}
        choices={info.model.layers.map((each) => ({ id: each.path, label: nameOf(each) }))}
        value={layer.path}
        onChange={(path) => select({ layer: path, unit: 0 })}
      />
      <div className="microscope-stepper">
        <Button
          icon="forward"
          className="microscope-back"
          label={m.previousUnit}
          isDisabled={unit === 0}
          onPress={() => select({ layer: layer.path, unit: unit - 1 })}
        />
        <NumberField
          label={m.unit}
          value={unit}
          min={0}
          max={last}
          step={1}
          onChange={(next) => select({ layer: layer.path, unit: next })}
        />
        <Button
          icon="forward"
          label={m.nextUnit}
          isDisabled={unit === last}
          onPress={() => select({ layer: layer.path, unit: unit + 1 })}
        />
      </div>
    </div>
  );
}

/** Which example goes in. */
export function ExampleBar() {
  const m = useMessages(texts);
  const { info } = useScope();
  const [{ example }, select] = useSelection();
  if (info === undefined) return null;
  const parts: Example["from"][] = ["validation", "training", "drawing"];
  const takesDrawing = info.model.inputShape.reduce((size, n) => size * n, 1) === 784;
  const sizes = { validation: info.data.validation, training: info.data.training, drawing: takesDrawing ? 1 : 0 };
  const last = example.from === "drawing" ? 0 : sizes[example.from] - 1;
  const choose = (index: number): void => {
    if (example.from !== "drawing") select({ example: { from: example.from, index } });
  };
  return (
    <div className="microscope-bar">
      <Select
        label={m.example}
        choices={parts.filter((from) => sizes[from] > 0).map((from) => ({ id: from, label: m.from[from] }))}
        value={example.from}
        onChange={(from) => select({ example: from === "drawing" ? { from } : { from, index: 0 } })}
      />
      {example.from !== "drawing" && (
        <div className="microscope-stepper">
          <Button
            icon="forward"
            className="microscope-back"
            label={m.previousExample}
            isDisabled={example.index <= 0}
            onPress={() => choose(example.index - 1)}
          />
          <NumberField label={m.row} value={example.index} min={0} max={last} step={1} onChange={choose} />
          <Button
            icon="forward"
            label={m.nextExample}
            isDisabled={example.index >= last}
            onPress={() => choose(example.index + 1)}
          />
        </div>
      )}
    </div>
  );
}
