import { useCallback, useEffect, useState } from "react";
import { Button, NumberField, Toggle } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useClient, useConfigure } from "../../worker/hooks.tsx";
import type { Info } from "../../worker/protocol.ts";
import { useStore } from "../../workspace/hooks.tsx";
import type { Settings } from "../../workspace/settings.ts";
import { trainCode } from "./code.ts";
import { CompareResults } from "./compare-results.tsx";
import { challengerOf, contest, startContest, stopContest } from "./contest.ts";
import { differences } from "./setting-rows.ts";
import { SettingsForm } from "./settings-form.tsx";
import { texts } from "./texts.ts";

/** Two settings side by side: how they differ, and what comes of it from the same seeds. */
export function ComparePanel({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const state = useStore(contest);
  const { a = info.settings, b = challengerOf(info.settings), epochs, seeds, examples, isRunning } = state;
  // What is compared stands still while the network above is changed.
  useEffect(() => {
    contest.update((now) => ({ ...now, a: now.a ?? info.settings, b: now.b ?? challengerOf(now.a ?? info.settings) }));
  }, [info.settings]);
  const differ = differences(a, b, m);
  return (
    <div className="train-compare">
      <p className="muted">{m.compareLead}</p>
      <Figure title={m.differs} code={trainCode.compare} className="train-differs">
        {differ.length === 0 ? (
          <p className="train-empty">{m.same}</p>
        ) : (
          <table className="train-table">
            <thead>
              <tr>
                <th scope="col">{m.setting}</th>
                <th scope="col">{m.sideA}</th>
                <th scope="col">{m.sideB}</th>
              </tr>
            </thead>
            <tbody>
              {differ.map(([name, x, y]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="number">{x}</td>
                  <td className="number">{y}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <div className="train-tools train-start">
          <NumberField
            label={m.epochs}
            value={epochs}
            min={1}
            max={100}
            step={1}
            isDisabled={isRunning}
            onChange={(next) => contest.update((now) => ({ ...now, epochs: next }))}
          />
          <NumberField
            label={m.seeds}
            value={seeds}
            min={1}
            max={20}
            step={1}
            isDisabled={isRunning}
            onChange={(next) => contest.update((now) => ({ ...now, seeds: next }))}
          />
          <NumberField
            label={m.examples}
            value={Math.min(examples, info.data.training)}
            min={1}
            max={info.data.training}
            step={1}
            isDisabled={isRunning}
            onChange={(next) => contest.update((now) => ({ ...now, examples: next }))}
          />
          {isRunning ? (
            <Button icon="pause" onPress={stopContest}>
              {m.stopCompare}
            </Button>
          ) : (
            <Button kind="primary" icon="play" onPress={() => startContest(client)}>
              {m.startCompare}
            </Button>
          )}
          {isRunning && (
            <span className="muted number" role="status">
              <progress max={state.of} value={state.done} aria-label={m.compareProgress("", "")} />{" "}
              {m.compareProgress(count(state.done, language), count(state.of, language))}
            </span>
          )}
        </div>
        {state.trouble && <TroubleNotice trouble={state.trouble} />}
      </Figure>
      <div className="train-sides">
        <SideForm
          side={m.sideA}
          settings={a}
          info={info}
          isDisabled={isRunning}
          onChange={(next) => contest.update((now) => ({ ...now, a: next }))}
        />
        <SideForm
          side={m.sideB}
          settings={b}
          info={info}
          isDisabled={isRunning}
          onChange={(next) => contest.update((now) => ({ ...now, b: next }))}
        />
      </div>
      <CompareResults />
    </div>
  );
}

interface SideFormProps {
  readonly side: string;
  readonly settings: Settings;
  readonly info: Info;
  readonly isDisabled: boolean;
  readonly onChange: (settings: Settings) => void;
}

function SideForm({ side, settings, info, isDisabled, onChange }: SideFormProps) {
  const m = useMessages(texts);
  const configure = useConfigure();
  const [isOpen, setOpen] = useState(false);
  const take = useCallback(() => {
    configure(settings, m.deeds.whole).catch(() => undefined); // a worker that is lost is told above
  }, [configure, settings, m]);
  return (
    <section className="train-side" aria-label={m.editSide(side)}>
      <Toggle isSelected={isOpen} onChange={setOpen}>
        {m.editSide(side)}
      </Toggle>
      {isOpen && (
        <fieldset disabled={isDisabled} className="train-fieldset">
          <legend className="visually-hidden">{m.editSide(side)}</legend>
          <div className="train-tools">
            <Button kind="quiet" onPress={() => onChange(info.settings)}>
              {m.fromNow}
            </Button>
            <Button kind="quiet" onPress={take}>
              {m.useThis}
            </Button>
          </div>
          <SettingsForm settings={settings} data={info.data} onChange={onChange} />
        </fieldset>
      )}
    </section>
  );
}
