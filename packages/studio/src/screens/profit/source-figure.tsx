import { Button, NumberField, Segments, Slider, Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useClient } from "../../worker/hooks.tsx";
import { profitCode } from "./code.ts";
import { CsvPanel } from "./csv-panel.tsx";
import { texts } from "./texts.ts";
import type { OpenLab } from "./use-lab.ts";
import { useTable } from "./use-table.tsx";
import { companyLimits, useProfitView } from "./use-view.ts";

/** Where the rows come from, and how far the fits are. */
export function SourceFigure({ lab }: { lab: OpenLab }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const { view, set } = useProfitView();
  const { file } = useTable();
  const { info, isFitting, progress, trouble } = lab;
  const isCompany = view.source !== "table";
  const save = async (): Promise<void> => {
    const bytes = info && (await client.request("profit/file", { key: info.key }).catch(() => null));
    if (!bytes) return;
    const address = URL.createObjectURL(new Blob([bytes], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = m.source.fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
  const fresh = { row: 0, step: -1, plan: "", across: 0, up: 1, along: 0, level: 0 };
  const status = (): string => {
    if (isFitting && progress !== undefined) {
      return m.source.fitting(m.fits[progress.fit], String(progress.epoch), String(progress.of));
    }
    if (info === undefined) return "";
    const { training, validation, epochs, seed } = info;
    return m.source.fitted(count(training, language), count(validation, language), String(epochs), String(seed));
  };
  return (
    <Figure
      title={m.source.title}
      className="wide"
      {...(isCompany && { code: profitCode.source })}
      tools={
        <Segments
          label={m.source.label}
          isLabelHidden
          choices={[
            { id: "company", label: m.source.company },
            { id: "table", label: m.source.table },
          ]}
          value={isCompany ? "company" : "table"}
          onChange={(source) => set({ source, ...fresh })}
        />
      }
    >
      {isCompany ? (
        <div className="profit-source">
          <p className="profit-about">{m.source.about}</p>
          <div className="profit-knobs">
            <Slider
              label={m.source.rows}
              value={view.rows}
              {...companyLimits.rows}
              onChange={(rows) => set({ rows, row: 0, step: -1 })}
              text={(n) => count(n, language)}
            />
            <Slider
              label={m.source.noise}
              value={view.noise}
              {...companyLimits.noise}
              onChange={(noise) => set({ noise, step: -1 })}
              text={(n) => m.source.noiseText(String(n))}
            />
            <NumberField
              label={m.source.seed}
              value={view.seed}
              {...companyLimits.seed}
              step={1}
              onChange={(seed) => set({ seed, step: -1 })}
            />
            <div className="profit-source-end">
              <Switch isSelected={view.reveal} onChange={(reveal) => set({ reveal })}>
                {m.source.reveal}
              </Switch>
              <Button icon="save" kind="quiet" isDisabled={info === undefined} onPress={() => void save()}>
                {m.source.save}
              </Button>
            </div>
          </div>
          {view.reveal && (
            <div className="profit-formula">
              {m.source.formula.map((line) => (
                <code key={line}>{line}</code>
              ))}
              <p className="muted">{m.source.formulaUnits}</p>
            </div>
          )}
        </div>
      ) : (
        <CsvPanel />
      )}
      <div className="profit-status" role="status">
        {status()}
      </div>
      {isFitting && (
        <progress
          className="profit-progress"
          aria-label={m.source.title}
          max={2}
          value={progress === undefined ? 0 : (progress.fit === "curved" ? 1 : 0) + progress.epoch / progress.of}
        />
      )}
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      {!isCompany && file === null && <Notice>{m.source.nothing}</Notice>}
    </Figure>
  );
}
