import { Button, NumberField, Select, Slider } from "../../components/controls.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, percent } from "../../i18n/numbers.ts";
import {
  type HiddenLayer,
  hiddenActivations,
  hiddenLayer,
  initNames,
  MAX_HIDDEN_LAYERS,
  MAX_UNITS,
} from "../../workspace/settings.ts";
import { texts } from "./texts.ts";

/** The list with one layer moved to another place. */
export function moved(hidden: readonly HiddenLayer[], from: number, to: number): readonly HiddenLayer[] {
  const rest = hidden.filter((_, i) => i !== from);
  return [...rest.slice(0, to), hidden[from]!, ...rest.slice(to)];
}

interface LayerCardsProps {
  readonly hidden: readonly HiddenLayer[];
  readonly onChange: (hidden: readonly HiddenLayer[]) => void;
}

/** A card for each hidden layer, in the order in which numbers go through them. */
export function LayerCards({ hidden, onChange }: LayerCardsProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const replace = (at: number, part: Partial<HiddenLayer>): void =>
    onChange(hidden.map((layer, i) => (i === at ? { ...layer, ...part } : layer)));
  return (
    <>
      {hidden.map((layer, i) => (
        <LayerCard
          // biome-ignore lint/suspicious/noArrayIndexKey: layers have no other name than their place
          key={i}
          layer={layer}
          place={i}
          isLast={i === hidden.length - 1}
          onChange={(part) => replace(i, part)}
          onMove={(to) => onChange(moved(hidden, i, to))}
          onRemove={() => onChange(hidden.filter((_, k) => k !== i))}
        />
      ))}
      <div className="train-add">
        <Button
          kind="quiet"
          isDisabled={hidden.length >= MAX_HIDDEN_LAYERS}
          onPress={() => onChange([...hidden, hidden.at(-1) ?? hiddenLayer(32)])}
        >
          {m.addLayer}
        </Button>
        {hidden.length >= MAX_HIDDEN_LAYERS && (
          <span className="muted">{m.mostLayers(count(MAX_HIDDEN_LAYERS, language))}</span>
        )}
      </div>
    </>
  );
}

interface LayerCardProps {
  readonly layer: HiddenLayer;
  readonly place: number;
  readonly isLast: boolean;
  readonly onChange: (part: Partial<HiddenLayer>) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function LayerCard({ layer, place, isLast, onChange, onMove, onRemove }: LayerCardProps) {
  const m = useMessages(texts);
  const name = String(place + 1);
  return (
    <section className="train-card" aria-label={m.hidden(name)}>
      <header className="train-card-head">
        <h3>{m.hidden(name)}</h3>
        <Button
          kind="quiet"
          icon="update"
          label={m.moveUp(name)}
          isDisabled={place === 0}
          onPress={() => onMove(place - 1)}
        />
        <Button
          kind="quiet"
          icon="update"
          className="train-down"
          label={m.moveDown(name)}
          isDisabled={isLast}
          onPress={() => onMove(place + 1)}
        />
        <Button kind="quiet" icon="close" label={m.removeLayer(name)} onPress={onRemove} />
      </header>
      <div className="train-fields">
        <NumberField
          label={m.units}
          value={layer.units}
          min={1}
          max={MAX_UNITS}
          step={1}
          onChange={(units) => onChange({ units })}
        />
        <Select
          label={m.activation}
          choices={hiddenActivations.map((id) => ({ id, label: id }))}
          value={layer.activation as (typeof hiddenActivations)[number]}
          onChange={(activation) => onChange({ activation })}
        />
        <Select
          label={m.init}
          choices={initNames.map((id) => ({ id, label: m.inits[id] }))}
          value={layer.init}
          onChange={(init) => onChange({ init })}
        />
        <DropoutSlider value={layer.dropout} onChange={(dropout) => onChange({ dropout })} />
      </div>
    </section>
  );
}

function DropoutSlider({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const m = useMessages(texts);
  return (
    <Slider
      label={m.dropout}
      value={value}
      min={0}
      max={0.9}
      step={0.05}
      onChange={onChange}
      text={(x) => percent(x, 0)}
    />
  );
}

/** Terms of the glossary that the cards use, for whoever meets them first here. */
export function CardTerms() {
  return (
    <p className="train-terms">
      <Term id="hidden-layer" /> <Term id="neuron" /> <Term id="activation" /> <Term id="initialisation" />{" "}
      <Term id="dropout" /> <Term id="learning-rate" /> <Term id="optimizer" /> <Term id="batch" />
    </p>
  );
}
