import { useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, signed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { profitCode } from "./code.ts";
import { effectsHeight, paintEffects } from "./draw-effects.ts";
import type { Effects } from "./effects.ts";
import { FitMark } from "./fit-mark.tsx";
import type { LabInfo } from "./lab.ts";
import { columnName, digitsFor, targetUnit, withUnit } from "./names.ts";
import { Provenance } from "./provenance.tsx";
import { Scroll } from "./scroll.tsx";
import { texts } from "./texts.ts";
import { useProfitView } from "./use-view.ts";

/** The bias of each season, or of each word of another column, beside the true fixed effect. */
export function BiasFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const level = Math.min(view.level, info.levels.length - 1);
  const asked = info.levels.length === 0 ? null : { key: info.key, level };
  const { data, trouble } = useLive("profit/effects", asked, { everyMs: 250 });
  const { data: terms } = useLive("profit/terms", info.levels.length === 0 ? { key: info.key } : null, {
    everyMs: 250,
  });
  const column = info.levels[level];
  const name = column === undefined ? "" : columnName(info, column.name, m);
  if (column === undefined) {
    return (
      <Figure title={m.bias.titleNone} caption={m.bias.empty}>
        {terms && (
          <p>
            {m.bias.only(withUnit(fixed(terms.bias, digitsFor(info.targetLow, info.targetHigh)), targetUnit(info, m)))}
          </p>
        )}
      </Figure>
    );
  }
  return (
    <Figure
      title={m.bias.title(name)}
      code={profitCode.bias}
      caption={
        <>
          <Words text={info.isCompany ? m.bias.caption : m.bias.captionTable} />
          <Provenance info={info} isBoth />
        </>
      }
      tools={
        info.levels.length > 1 && (
          <Select
            label={m.bias.column}
            isLabelHidden
            choices={info.levels.map((one, k) => ({ id: String(k), label: one.name }))}
            value={String(level)}
            onChange={(k) => set({ level: Number(k) })}
          />
        )
      }
    >
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      {data && data.column === column.name && <EffectsOf info={info} effects={data} name={name} />}
    </Figure>
  );
}

function EffectsOf({ info, effects, name }: { info: LabInfo; effects: Effects; name: string }) {
  const m = useMessages(texts);
  const lines = useMemo(
    () => effects.levels.map(({ level, effect, truth }) => ({ name: columnName(info, level, m), ...effect, truth })),
    [effects, info, m],
  );
  const paint = useMemo(() => paintEffects(lines), [lines]);
  const spread = lines.map(({ linear }) => linear);
  const digits = Math.max(1, digitsFor(Math.min(...spread), Math.max(...spread)) - 1);
  const words = lines.map((line) => `${line.name} ${signed(line.curved, digits)}`).join(", ");
  const hasTruth = lines.some(({ truth }) => truth !== null);
  return (
    <>
      <div className="profit-keys">
        <span>
          <FitMark kind="linear" /> {m.fits.linear}
        </span>
        <span>
          <FitMark kind="curved" /> {m.fits.curved}
        </span>
        {hasTruth && (
          <span>
            <FitMark kind="truth" /> {m.bias.truth}
          </span>
        )}
      </div>
      <Canvas label={m.bias.chart(words)} height={effectsHeight(lines.length)} paint={paint} />
      <Scroll label={m.bias.title(name)}>
        <table className="profit-table">
          <thead>
            <tr>
              <td />
              <th scope="col" className="is-number">
                {m.bias.bias}
              </th>
              <th scope="colgroup" colSpan={hasTruth ? 3 : 2} className="is-number">
                {withUnit(m.bias.effect, targetUnit(info, m) && `(${targetUnit(info, m)})`)}
              </th>
            </tr>
            <tr>
              <th scope="col">{name}</th>
              <td />
              <th scope="col" className="is-number">
                {m.bias.linear}
              </th>
              <th scope="col" className="is-number">
                {m.bias.curved}
              </th>
              {hasTruth && (
                <th scope="col" className="is-number">
                  {m.bias.truth}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {effects.levels.map(({ level, weight, bias }, k) => (
              <tr key={level}>
                <th scope="row">{lines[k]!.name}</th>
                <td className="is-number">
                  <span className="muted profit-sums">
                    {fixed(effects.bias, digits)} {weight < 0 ? "−" : "+"} {fixed(Math.abs(weight), digits)} ={" "}
                  </span>
                  {fixed(bias, digits)}
                </td>
                <td className="is-number">{signed(lines[k]!.linear, digits)}</td>
                <td className="is-number">{signed(lines[k]!.curved, digits)}</td>
                {hasTruth && <td className="is-number">{signed(lines[k]!.truth ?? 0, digits)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
