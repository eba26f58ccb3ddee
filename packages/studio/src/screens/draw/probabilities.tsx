import { useEffect, useRef } from "react";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, percent } from "../../i18n/numbers.ts";
import { useSelection } from "../../workspace/hooks.tsx";
import { questionOf, useClassNames, useDesk, useLooked } from "./desk.tsx";
import type { Look } from "./look.ts";
import { texts } from "./texts.ts";

/** The classes with their probabilities. They change with every stroke, so they are written without React. */
export function Probabilities() {
  const m = useMessages(texts);
  const { looker } = useDesk();
  const names = useClassNames();
  const [{ classIndex, versus }, select] = useSelection();
  const chosen = useLooked(({ look }) => look && questionOf(look, classIndex, versus).classIndex);
  const predicted = useLooked(({ look }) => look?.predicted ?? null);
  const list = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows are filled at once
  useEffect(() => {
    const write = (): void => {
      const { look } = looker.live.get();
      const rows = list.current?.children;
      if (rows === undefined) return;
      for (const [i, row] of [...rows].entries()) {
        const [bar, text] = [row.querySelector<HTMLElement>(".draw-bar-fill"), row.querySelector(".draw-bar-value")];
        const { share, words } = shareOf(look, i);
        if (bar !== null) bar.style.transform = `scaleX(${share})`;
        if (text !== null) text.textContent = words;
      }
    };
    write();
    return looker.live.subscribe(write);
  }, [looker, names]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen
    <div className="draw-bars" role="group" aria-label={m.network.classes} ref={list}>
      {names.map((name, i) => (
        <button
          key={name}
          type="button"
          className={`draw-bar ${i === predicted ? "draw-bar-best" : ""}`}
          aria-pressed={i === chosen}
          onClick={() => select({ classIndex: i, versus: null })}
        >
          <span className="draw-bar-name">{name}</span>
          <span className="draw-bar-track" aria-hidden="true">
            <span className="draw-bar-fill" />
          </span>
          <span className="draw-bar-value number" />
        </button>
      ))}
    </div>
  );
}

function shareOf(look: Look | null, i: number): { share: number; words: string } {
  if (look === null || look.outputs[i] === undefined) return { share: 0, words: "–" };
  const { probabilities, outputs } = look;
  if (probabilities !== null) return { share: probabilities[i]!, words: percent(probabilities[i]!) };
  const greatest = outputs.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
  return { share: Math.max(0, outputs[i]! / greatest), words: fixed(outputs[i]!, 2) };
}
