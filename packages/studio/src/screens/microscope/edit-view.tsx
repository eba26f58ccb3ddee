import { useState } from "react";
import { Button, NumberField, Slider, Toggle } from "../../components/controls.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, percent } from "../../i18n/numbers.ts";
import type { UnitChange } from "../../worker/edit.ts";
import { troubleIn, useEdit, useLive } from "../../worker/hooks.tsx";
import type { Answer, Trouble } from "../../worker/protocol.ts";
import { useStore, useWorkspace } from "../../workspace/hooks.tsx";
import type { Neuron } from "./neuron.ts";
import { useInput, useInputName, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";

const DIGITS = 6;
const format = { useGrouping: false, maximumFractionDigits: DIGITS };

/** Changes the neuron by hand; everything can be taken back. */
export function EditView({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const { info, params, everyMs } = useScope();
  const edit = useEdit();
  const [input] = useInput(neuron);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const [before, setBefore] = useState<Answer<"core/predict"> | undefined>(undefined);
  const { data: answer } = useLive("core/predict", params && { example: params.example }, { everyMs });
  const { layer: path, unit, weights, bias } = neuron;
  const layer = info?.model.layers.find((known) => known.path === path);
  if (layer === undefined) return null;
  const name = String(unit);
  const apply = (change: UnitChange, label: string): void => {
    setBefore(answer);
    setTrouble(undefined);
    edit(path, unit, change, label).catch((error: unknown) => setTrouble(troubleIn(error)));
  };
  const place = input ?? 0;
  const setWeight = (value: number): void => {
    if (fixed(value, DIGITS) === fixed(weights[place]!, DIGITS)) return;
    const changed = weights.slice();
    changed[place] = value;
    apply({ weights: changed }, m.edit.deeds.weight(name));
  };
  const setBias = (value: number): void => {
    if (fixed(value, DIGITS) !== fixed(bias, DIGITS)) apply({ bias: value }, m.edit.deeds.bias(name));
  };
  const ofBias = layer.hasBias ? { bias: 0 } : {};
  const negated = layer.hasBias ? { bias: -bias } : {};
  return (
    <div className="microscope-edit">
      <div className="stack">
        <Weight
          key={`${path} ${name} ${String(place)}`}
          label={m.edit.weight(nameOf(neuron, place))}
          value={weights[place]!}
          onCommit={setWeight}
        />
        {layer.hasBias && <Weight key={`${path} ${name} b`} label={m.edit.bias} value={bias} onCommit={setBias} />}
      </div>
      <div className="stack">
        <div className="row">
          <Toggle
            isSelected={neuron.isFrozen}
            onChange={(isFrozen) => apply({ isFrozen }, isFrozen ? m.edit.deeds.freeze(name) : m.edit.deeds.thaw(name))}
          >
            {m.edit.freeze}
          </Toggle>
          <Toggle
            isSelected={neuron.isSilenced}
            isDisabled={layer.activationPath === null}
            onChange={(isSilenced) =>
              apply({ isSilenced }, isSilenced ? m.edit.deeds.kill(name) : m.edit.deeds.revive(name))
            }
          >
            {m.edit.kill}
          </Toggle>
          <Button
            onPress={() => apply({ weights: new Float32Array(weights.length), ...ofBias }, m.edit.deeds.zero(name))}
          >
            {m.edit.zero}
          </Button>
          <Button onPress={() => apply({ weights: weights.map((w) => -w), ...negated }, m.edit.deeds.negate(name))}>
            {m.edit.negate}
          </Button>
        </div>
        <p className="microscope-note">
          {m.edit.freezeText} {layer.activationPath === null ? m.edit.killOutput : m.edit.killText}
        </p>
        {trouble && <TroubleNotice trouble={trouble} />}
        {answer !== undefined && <Says answer={answer} before={before} />}
        <History />
      </div>
    </div>
  );
}

/** A number to type, and a slider to feel what it does: it takes effect when it is let go. */
function Weight({ label, value, onCommit }: { label: string; value: number; onCommit: (value: number) => void }) {
  const [held, setHeld] = useState<number | null>(null);
  const [reach] = useState(() => Math.max(0.5, 2 ** Math.ceil(Math.log2(2 * Math.abs(value) || 0.5))));
  const shown = held ?? value;
  const most = Math.max(reach, Math.abs(shown));
  return (
    <div className="microscope-weight">
      <Slider
        label={label}
        value={shown}
        min={-most}
        max={most}
        step={most / 100}
        text={(at) => fixed(held === null ? value : at, 4)}
        onChange={setHeld}
        onChangeEnd={(next) => {
          setHeld(null);
          onCommit(next);
        }}
      />
      <NumberField label={label} isLabelHidden value={value} step={1e-6} format={format} onChange={onCommit} />
    </div>
  );
}

/** What the network answers now, and what it answered before. */
function Says({ answer, before }: { answer: Answer<"core/predict">; before: Answer<"core/predict"> | undefined }) {
  const m = useMessages(texts);
  const { info } = useScope();
  const nameOf = ({ predicted }: Answer<"core/predict">): string =>
    info?.model.classNames?.[predicted] ?? String(predicted);
  const shareOf = ({ probabilities, predicted }: Answer<"core/predict">): string | null =>
    probabilities === null ? null : percent(probabilities[predicted]!, 2);
  const numbers = ({ outputs }: Answer<"core/predict">): string =>
    Array.from(outputs.slice(0, 4), (x) => fixed(x, 3)).join(", ");
  const share = shareOf(answer);
  const earlier = before === undefined ? null : shareOf(before);
  return (
    <p className="microscope-says number" role="status">
      <b>{share === null ? m.edit.gives(numbers(answer)) : m.edit.says(nameOf(answer), share)}</b>{" "}
      {before !== undefined && (
        <span className="muted">
          {earlier === null ? m.edit.gaveBefore(numbers(before)) : m.edit.before(nameOf(before), earlier)}
        </span>
      )}
    </p>
  );
}

/** Taking back, here where things are changed. */
function History() {
  const m = useMessages(texts);
  const { undo } = useWorkspace();
  const deeds = useStore(undo.state);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const go = (what: "undo" | "redo"): void => {
    setTrouble(undefined);
    undo[what]().catch((error: unknown) => setTrouble(troubleIn(error)));
  };
  return (
    <>
      <div className="row">
        <Button icon="undo" isDisabled={deeds.undo === undefined} onPress={() => go("undo")}>
          {m.edit.undo}
        </Button>
        <Button icon="redo" isDisabled={deeds.redo === undefined} onPress={() => go("redo")}>
          {m.edit.redo}
        </Button>
        {deeds.undo !== undefined && <span className="muted">{deeds.undo}</span>}
      </div>
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  );
}
