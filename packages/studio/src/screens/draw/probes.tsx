import { Button } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent } from "../../i18n/numbers.ts";
import { useInfo, useJob, useStatus } from "../../worker/hooks.tsx";
import { drawCode } from "./code.ts";
import { texts } from "./texts.ts";

/** Whether hidden layers hold more useful numbers than the pixels: a linear classifier for each, and how much it gets right. */
export function ProbesFigure() {
  const m = useMessages(texts);
  const language = useLanguage();
  const info = useInfo();
  const [{ isRunning, progress, result, trouble }, start, cancel] = useJob("draw/probe");
  const isOld = useStatus((status) => result !== undefined && status !== undefined && status.step !== result.step);
  const order = (info?.model.layers ?? []).map(({ path }) => path);
  const nameOf = (path: string | null): string =>
    path === null ? m.probes.pixels : m.network.hidden(order.length > 2 ? String(order.indexOf(path) + 1) : "");
  const pixels = result?.probes[0]?.validationAccuracy;
  const best = result?.probes
    .slice(1)
    .reduce((most, probe) => (probe.validationAccuracy > most.validationAccuracy ? probe : most));
  return (
    <Figure
      className="wide"
      title={m.probes.title}
      code={drawCode.probes}
      caption={m.probes.caption(<Term id="feature">{m.words.features}</Term>)}
    >
      <div className="row draw-probe-tools">
        {isRunning ? (
          <Button onPress={cancel}>{m.probes.stop}</Button>
        ) : (
          <Button kind="primary" onPress={() => start(undefined)} isDisabled={info === undefined}>
            {m.probes.button}
          </Button>
        )}
        <span className="muted" role="status">
          {isRunning
            ? m.probes.running(percent((progress?.done ?? 0) / (progress?.of ?? 1), 0))
            : result === undefined
              ? m.probes.before
              : ""}
        </span>
      </div>
      {trouble && <TroubleNotice trouble={trouble} />}
      {result !== undefined && (
        <div className={isOld ? "draw-old" : undefined}>
          {isOld && <p className="muted">{m.test.old}</p>}
          <table className="draw-table draw-probes">
            <thead>
              <tr>
                <th scope="col">{m.probes.layer}</th>
                <th scope="col" className="draw-right">
                  {m.probes.numbers}
                </th>
                <th scope="col" className="draw-right">
                  {m.probes.right}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{m.probes.bar}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {result.probes.map(({ unitsOf, features, validationAccuracy }) => (
                <tr key={unitsOf ?? "input"}>
                  <th scope="row">{nameOf(unitsOf)}</th>
                  <td className="draw-right number">{count(features, language)}</td>
                  <td className="draw-right number">{percent(validationAccuracy)}</td>
                  <td>
                    <span className="draw-probe-bar" aria-hidden="true">
                      <span style={{ width: `${100 * validationAccuracy}%` }} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {pixels !== undefined && best !== undefined && (
            <p className="draw-verdict">
              {best.validationAccuracy > pixels
                ? m.probes.more(nameOf(best.unitsOf), fixed(100 * (best.validationAccuracy - pixels), 1))
                : m.probes.less}
            </p>
          )}
          <p className="draw-counts">
            {m.probes.measured(
              count(result.training, language),
              count(result.validation, language),
              count(result.step, language),
            )}
          </p>
        </div>
      )}
    </Figure>
  );
}
