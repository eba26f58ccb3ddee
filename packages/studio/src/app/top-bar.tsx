import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { Button, Segments, Select, Toggle } from "../components/controls.tsx";
import { Icon } from "../components/icon.tsx";
import { NumberField } from "../components/number-field.tsx";
import { type ThemeChoice, themeChoices, useIsPhone, useMedia } from "../components/theme.tsx";
import { type Language, languageNames, languages, useLanguage, useMessages } from "../i18n/language.tsx";
import { count, significant } from "../i18n/numbers.ts";
import { useClient, useConfigure, useInfo, useStatus } from "../worker/hooks.tsx";
import { useStore, useWorkspace } from "../workspace/hooks.tsx";
import { openModelFile, saveModelFile } from "./files.ts";
import { texts, useServices, useTraining } from "./services.tsx";

/** Training, the state of the workspace, and how the page looks. */
export function TopBar({ onKeys }: { onKeys: () => void }) {
  const m = useMessages(texts);
  const isPhone = useIsPhone();
  const isWide = useMedia("(min-width: 1180px)");
  return (
    <header className="top-bar">
      <span className="brand" role="img" aria-label={m.studio}>
        <Brand />
      </span>
      <TrainButtons />
      <Readout isShort={isPhone} isWide={isWide} />
      {!isPhone && <span className="top-bar-gap" />}
      {isWide && <SpeedAndSeed />}
      {isWide && <span className="top-bar-rule" />}
      {!isPhone && <UndoButtons />}
      {isWide && <FileButtons />}
      {isWide && <LookButtons />}
      {!isPhone && <InspectorToggle />}
      <MoreMenu isPhone={isPhone} isWide={isWide} onKeys={onKeys} />
    </header>
  );
}

function Brand() {
  return (
    <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d="M8 9 L24 16 M8 23 L24 16 M8 9 L8 23"
        stroke="currentColor"
        strokeWidth="1.6"
        fill="none"
        opacity="0.55"
      />
      <g fill="currentColor">
        <circle cx="8" cy="9" r="3.6" />
        <circle cx="8" cy="23" r="3.6" />
        <circle cx="24" cy="16" r="4.2" />
      </g>
    </svg>
  );
}

function TrainButtons() {
  const m = useMessages(texts);
  const running = useStatus((status) => status?.running ?? null);
  const isOpen = useStatus((status) => status !== undefined);
  const { run, toggle } = useTraining();
  const isPhone = useIsPhone();
  const word = running === null ? m.bar.train : m.bar.pause;
  return (
    <>
      <Button
        kind="primary"
        icon={running === null ? "play" : "pause"}
        isDisabled={!isOpen}
        onPress={toggle}
        {...(isPhone && { label: word })}
      >
        {isPhone ? undefined : word}
      </Button>
      <Button
        kind="quiet"
        icon="step"
        label={m.bar.step}
        isDisabled={!isOpen || running !== null}
        onPress={() => run("step")}
      />
      <Button
        kind="quiet"
        icon="epoch"
        label={m.bar.epoch}
        isDisabled={!isOpen || running !== null}
        onPress={() => run("epoch")}
      />
    </>
  );
}

function Readout({ isShort, isWide }: { isShort: boolean; isWide: boolean }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const step = useStatus((status) => status?.step ?? 0);
  const epoch = useStatus((status) => status?.epoch ?? 0);
  const loss = useStatus((status) => status?.batchLoss ?? null);
  const rate = useStatus((status) => status?.stepsPerSecond ?? null);
  const items: readonly (readonly [string, string])[] = [
    [m.bar.stepCount, count(step, language)],
    ...(isShort ? [] : [[m.bar.epochCount, count(epoch, language)] as const]),
    [m.bar.loss, loss === null ? "–" : significant(loss, 4)],
    ...(isWide ? [[m.bar.rate, rate === null ? "–" : count(Math.round(rate), language)] as const] : []),
  ];
  return (
    <dl className="readout">
      {items.map(([name, value]) => (
        <div key={name} className="readout-item">
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const speeds = ["full", "60", "10", "2"] as const;

function SpeedAndSeed() {
  const m = useMessages(texts);
  const client = useClient();
  const info = useInfo();
  const configure = useConfigure();
  const [speed, setSpeed] = useState<(typeof speeds)[number]>("full");
  return (
    <>
      <Select
        label={m.bar.speed}
        choices={speeds.map((id) => ({ id, label: m.bar.speeds[id] }))}
        value={speed}
        onChange={(next) => {
          setSpeed(next);
          const stepsPerSecond = next === "full" ? null : Number(next);
          client.request("core/speed", { stepsPerSecond }).catch(() => undefined);
        }}
      />
      <NumberField
        label={m.bar.seed}
        value={info?.settings.seed ?? 0}
        min={0}
        max={999_999_999}
        step={1}
        isDisabled={info === undefined}
        onChange={(seed) => {
          if (info !== undefined) configure({ ...info.settings, seed }, m.settingSeed).catch(() => undefined);
        }}
      />
    </>
  );
}

function UndoButtons() {
  const m = useMessages(texts);
  const { undo } = useWorkspace();
  const state = useStore(undo.state);
  return (
    <>
      <Button
        kind="quiet"
        icon="undo"
        label={state.undo === undefined ? m.bar.undo : m.bar.undoIt(state.undo)}
        isDisabled={state.undo === undefined}
        onPress={() => void undo.undo().catch(() => undefined)}
      />
      <Button
        kind="quiet"
        icon="redo"
        label={state.redo === undefined ? m.bar.redo : m.bar.redoIt(state.redo)}
        isDisabled={state.redo === undefined}
        onPress={() => void undo.redo().catch(() => undefined)}
      />
    </>
  );
}

function FileButtons() {
  const m = useMessages(texts);
  const client = useClient();
  const { address, news } = useServices();
  const share = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await address.link());
      news.set({ kind: "note", text: m.bar.shared });
    } catch {
      news.set({ kind: "note", text: m.bar.cannotCopy });
    }
  };
  return (
    <>
      <Button kind="quiet" icon="open" label={m.bar.open} onPress={() => openModelFile(client, news)} />
      <Button kind="quiet" icon="save" label={m.bar.save} onPress={() => void saveModelFile(client)} />
      <Button kind="quiet" icon="share" label={m.bar.share} onPress={() => void share()} />
    </>
  );
}

const themeIcons = { system: "system", light: "sun", dark: "moon" } as const;

function LookButtons() {
  const m = useMessages(texts);
  const { preferences } = useServices();
  const { language, theme } = useStore(preferences);
  const setLanguage = (next: Language): void => preferences.update((before) => ({ ...before, language: next }));
  const next = themeChoices[(themeChoices.indexOf(theme) + 1) % themeChoices.length]!;
  return (
    <>
      <Segments
        label={m.bar.language}
        isLabelHidden
        choices={languages.map((id) => ({ id, label: id === "en" ? "EN" : "中文" }))}
        value={language}
        onChange={setLanguage}
      />
      <Button
        kind="quiet"
        icon={themeIcons[theme]}
        label={`${m.bar.theme}: ${m.bar.themes[theme]}`}
        onPress={() => preferences.update((before) => ({ ...before, theme: next }))}
      />
    </>
  );
}

function InspectorToggle() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const isOpen = useStore(workspace.state, (state) => state.inspector);
  const screen = useStore(workspace.state, (state) => state.screen);
  return (
    <Toggle
      icon="inspector"
      label={m.bar.inspector}
      isSelected={isOpen && screen !== "microscope"}
      isDisabled={screen === "microscope"}
      onChange={(next) => workspace.showInspector(next)}
    />
  );
}

/** What has no room in the bar. */
function MoreMenu({ isPhone, isWide, onKeys }: { isPhone: boolean; isWide: boolean; onKeys: () => void }) {
  const m = useMessages(texts);
  const client = useClient();
  const { preferences } = useServices();
  const { language, theme } = useStore(preferences);
  const workspace = useWorkspace();
  return (
    <DialogTrigger>
      <AriaButton className="button button-quiet button-icon" aria-label={m.bar.more}>
        <Icon name="more" />
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="more-menu" aria-label={m.bar.more}>
          {({ close }) => (
            <>
              {!isWide && (
                <>
                  <div className="more-row">
                    {isPhone && <UndoButtons />}
                    <FileButtons />
                    {isPhone && (
                      <Button
                        kind="quiet"
                        icon="inspector"
                        label={m.bar.inspector}
                        onPress={() => {
                          close();
                          workspace.showInspector(true);
                        }}
                      />
                    )}
                  </div>
                  <SpeedAndSeed />
                </>
              )}
              {!isWide && (
                <Segments
                  label={m.bar.language}
                  choices={languages.map((id) => ({ id, label: languageNames[id].name }))}
                  value={language}
                  onChange={(next) => preferences.update((before) => ({ ...before, language: next }))}
                />
              )}
              <Segments
                label={m.bar.theme}
                choices={themeChoices.map((id: ThemeChoice) => ({ id, label: m.bar.themes[id] }))}
                value={theme}
                onChange={(next) => preferences.update((before) => ({ ...before, theme: next }))}
              />
              <div className="more-row">
                <Button
                  kind="plain"
                  icon="reset"
                  onPress={() => {
                    close();
                    workspace.undo.clear();
                    client.request("core/builtIn").catch(() => undefined);
                  }}
                >
                  {m.bar.builtIn}
                </Button>
                <Button
                  kind="plain"
                  onPress={() => {
                    close();
                    onKeys();
                  }}
                >
                  {m.bar.keys}
                </Button>
              </div>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
