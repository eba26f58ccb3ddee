import { useCallback } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { NumberField, Segments, Select, Slider, Switch } from "../../components/controls.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, significant } from "../../i18n/numbers.ts";
import type { DataInfo } from "../../worker/protocol.ts";
import {
  initNames,
  lossNames,
  MAX_BATCH_SIZE,
  type OptimizerSettings,
  optimizerNames,
  rateAt,
  type ScheduleSettings,
  type Settings,
  scheduleNames,
} from "../../workspace/settings.ts";
import { LayerCards } from "./layer-cards.tsx";
import { paintSchedule } from "./paint-schedule.ts";
import { texts } from "./texts.ts";

export interface SettingsFormProps {
  readonly settings: Settings;
  readonly data: DataInfo;
  /** `what` was changed, in the reader's language. */
  readonly onChange: (settings: Settings, what: string) => void;
  /** Stands in the card of the input. */
  readonly dataChoice?: React.ReactNode;
  /** Stands behind the cards of the layers. */
  readonly keepChoice?: React.ReactNode;
}

/** Everything from which a training begins, as cards from input to learning. */
export function SettingsForm({ settings, data, onChange, dataChoice, keepChoice }: SettingsFormProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const outputs = data.classNames?.length ?? 1;
  return (
    <div className="train-cards">
      <InputCard settings={settings} data={data} onChange={onChange} dataChoice={dataChoice} />
      <LayerCards hidden={settings.hidden} onChange={(hidden) => onChange({ ...settings, hidden }, m.deeds.hidden)} />
      <section className="train-card" aria-label={m.output}>
        <header className="train-card-head">
          <h3>{m.output}</h3>
        </header>
        <p className="muted">{m.outputs(count(outputs, language))}</p>
        <Select
          label={m.init}
          choices={initNames.map((id) => ({ id, label: m.inits[id] }))}
          value={settings.outputInit}
          onChange={(outputInit) => onChange({ ...settings, outputInit }, m.deeds.outputInit)}
        />
        {keepChoice}
      </section>
      <LearningCard settings={settings} data={data} onChange={onChange} />
    </div>
  );
}

function InputCard({ settings, data, onChange, dataChoice }: SettingsFormProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const isPixels = data.columns === null;
  const { encoding, scaling } = settings.input;
  const isBinary = isPixels && encoding === "binary";
  const change = (part: Partial<Settings["input"]>): void =>
    onChange({ ...settings, input: { ...settings.input, ...part } }, m.deeds.input);
  const shape = data.inputShape.filter((n) => n !== 1).join(" × ") || "1";
  const note = isBinary
    ? m.scalingNotes.binary
    : !isPixels && scaling === "plain"
      ? m.scalingNotes.table
      : m.scalingNotes[scaling];
  return (
    <section className="train-card" aria-label={m.input}>
      <header className="train-card-head">
        <h3>{m.input}</h3>
        <span className="muted number">{m.inputOf(shape, count(data.training, language))}</span>
      </header>
      {dataChoice}
      {isPixels && (
        <Segments
          label={m.encoding}
          choices={(["intensity", "binary"] as const).map((id) => ({ id, label: m.encodings[id] }))}
          value={encoding}
          onChange={(next) => change({ encoding: next })}
        />
      )}
      <Select
        label={m.scaling}
        choices={(["plain", "centred", "standardised"] as const).map((id) => ({ id, label: m.scalings[id] }))}
        value={scaling}
        isDisabled={isBinary}
        onChange={(next) => change({ scaling: next })}
      />
      <p className="muted train-note">{note}</p>
    </section>
  );
}

const rateFormat: Intl.NumberFormatOptions = { useGrouping: false, maximumSignificantDigits: 6 };

function LearningCard({ settings, data, onChange }: SettingsFormProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { schedule, loss, batchSize } = settings;
  const isClassified = data.classNames !== null;
  const setSchedule = (part: Partial<ScheduleSettings>): void =>
    onChange({ ...settings, schedule: { ...schedule, ...part } }, m.deeds.schedule);
  const batch = Math.min(batchSize, data.training);
  return (
    <section className="train-card" aria-label={m.learning}>
      <header className="train-card-head">
        <h3>{m.learning}</h3>
      </header>
      <Select
        label={m.loss}
        choices={lossNames
          .filter((id) => isClassified || id.startsWith("mean"))
          .map((id) => ({ id, label: m.lossNames[id] }))}
        value={loss}
        onChange={(next) => onChange({ ...settings, loss: next }, m.deeds.loss)}
      />
      <OptimizerFields
        optimizer={settings.optimizer}
        onChange={(optimizer) => onChange({ ...settings, optimizer }, m.deeds.optimizer)}
      />
      <div className="train-fields">
        <NumberField
          label={m.rate}
          value={schedule.rate}
          min={1e-8}
          format={rateFormat}
          onChange={(rate) => setSchedule({ rate })}
        />
        <NumberField
          label={m.batch}
          value={batchSize}
          min={1}
          max={MAX_BATCH_SIZE}
          step={1}
          onChange={(next) => onChange({ ...settings, batchSize: next }, m.deeds.batch)}
        />
      </div>
      {batch < batchSize && <p className="muted train-note">{m.batchWhole(count(data.training, language))}</p>}
      <Segments
        label={m.schedule}
        choices={scheduleNames.map((id) => ({ id, label: m.schedules[id] }))}
        value={schedule.kind}
        onChange={(kind) => setSchedule({ kind })}
      />
      {schedule.kind !== "constant" && (
        <div className="train-fields">
          <NumberField
            label={schedule.kind === "step" ? m.everyEpochs : m.overEpochs}
            value={schedule.epochs}
            min={1}
            max={10_000}
            step={1}
            onChange={(epochs) => setSchedule({ epochs })}
          />
          {schedule.kind === "step" && (
            <NumberField
              label={m.factor}
              value={schedule.factor}
              min={0}
              max={1}
              format={rateFormat}
              onChange={(factor) => setSchedule({ factor })}
            />
          )}
        </div>
      )}
      {schedule.kind !== "constant" && <ScheduleCurve schedule={schedule} />}
    </section>
  );
}

/** Epochs that the curve of a schedule shows: two of its periods, or all of it. */
const shownEpochs = ({ kind, epochs }: ScheduleSettings): number => (kind === "step" ? 3 * epochs : epochs);

function ScheduleCurve({ schedule }: { schedule: ScheduleSettings }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const epochs = shownEpochs(schedule);
  const steps = 120;
  const last = rateAt(schedule, steps, steps / epochs);
  const paint = useCallback(
    (brush: Parameters<ReturnType<typeof paintSchedule>>[0]) =>
      paintSchedule(Array.from({ length: steps + 1 }, (_, i) => rateAt(schedule, i, steps / epochs)))(brush),
    [schedule, epochs],
  );
  const label = m.scheduleLabel(significant(schedule.rate, 3), significant(last, 3), count(epochs, language));
  return <Canvas label={label} height={48} paint={paint} />;
}

function OptimizerFields({
  optimizer,
  onChange,
}: {
  optimizer: OptimizerSettings;
  onChange: (optimizer: OptimizerSettings) => void;
}) {
  const m = useMessages(texts);
  const set = (part: Partial<OptimizerSettings>): void => onChange({ ...optimizer, ...part });
  const isSgd = optimizer.kind === "sgd";
  return (
    <>
      <Segments
        label={m.optimizer}
        choices={optimizerNames.map((id) => ({ id, label: m.optimizers[id] }))}
        value={optimizer.kind}
        onChange={(kind) => set({ kind })}
      />
      {isSgd ? (
        <>
          <Slider
            label={m.momentum}
            value={optimizer.momentum}
            min={0}
            max={0.99}
            step={0.01}
            onChange={(momentum) => set({ momentum })}
          />
          <Switch
            isSelected={optimizer.nesterov}
            isDisabled={optimizer.momentum === 0}
            onChange={(nesterov) => set({ nesterov })}
          >
            {m.nesterov}
          </Switch>
        </>
      ) : (
        <div className="train-fields">
          <NumberField
            label="β₁"
            value={optimizer.beta1}
            min={0}
            max={0.999}
            format={rateFormat}
            onChange={(beta1) => set({ beta1 })}
          />
          <NumberField
            label="β₂"
            value={optimizer.beta2}
            min={0}
            max={0.999_999}
            format={rateFormat}
            onChange={(beta2) => set({ beta2 })}
          />
        </div>
      )}
      <NumberField
        label={m.decay}
        value={optimizer.decay}
        min={0}
        max={1}
        format={rateFormat}
        onChange={(decay) => set({ decay })}
      />
    </>
  );
}
