import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useInfo } from "../../worker/hooks.tsx";
import type { Info } from "../../worker/protocol.ts";
import { useSelection, useStore, useView } from "../../workspace/hooks.tsx";
import type { Look } from "./look.ts";
import type { Looked, Looker } from "./looker.ts";
import type { Manner, PadModel } from "./pad-model.ts";

/** What the figures of this screen share. */
export interface Desk {
  readonly looker: Looker;
  readonly pad: PadModel;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error("bug in the studio: no desk around this figure");
  return desk;
}

/** A part of what is looked at; drawn again when that changes. */
export const useLooked = <Part,>(part: (looked: Looked) => Part): Part => useStore(useDesk().looker.live, part);

/** Calls back when the input of the network is another one; not when only weights have changed. */
export function useNewInput(tell: () => void): void {
  const { looker } = useDesk();
  useEffect(() => {
    let before: unknown;
    return looker.live.subscribe(() => {
      const input = looker.live.get().look?.columns[0]?.values;
      if (input === before) return;
      before = input;
      tell();
    });
  }, [looker, tell]);
}

/** Whether a figure is on the screen, or nearly; what is not may be asked for seldom. Give the ref to something in the figure. */
export function useIsSeen(): readonly [(inside: Element | null) => void, boolean] {
  const [isSeen, setSeen] = useState(true);
  const observer = useRef<IntersectionObserver | null>(null);
  const watch = useCallback((inside: Element | null) => {
    observer.current?.disconnect();
    const figure = inside?.closest("section");
    if (!figure) return;
    observer.current = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting ?? true), {
      rootMargin: "200px",
    });
    observer.current.observe(figure);
  }, []);
  return [watch, isSeen];
}

const defaults = { normalise: true, encoding: "intensity", ask: "why", count: 5, stage: "picture", pixel: 406 };

/** What this screen remembers of itself. */
export const useDrawView = () => useView("draw", defaults);

export const mannerOf = ({ normalise, encoding }: { normalise: boolean; encoding: string }): Manner => ({
  isNormalised: normalise,
  encoding: encoding === "binary" ? "binary" : "intensity",
});

/** The class that is explained, and the one that it is compared with. */
export interface Question {
  readonly classIndex: number;
  readonly rival: number;
}

/** The class that was chosen, or the predicted one; its rival is the one that was chosen, or the strongest other one. */
export function questionOf(look: Look, chosen: number | null, versus: number | null): Question {
  const { outputs, predicted } = look;
  const classIndex = chosen !== null && chosen < outputs.length ? chosen : predicted;
  if (versus !== null && versus < outputs.length && versus !== classIndex) return { classIndex, rival: versus };
  let rival = classIndex === 0 ? 1 : 0;
  for (let i = 0; i < outputs.length; i++) {
    if (i !== classIndex && outputs[i]! > outputs[rival]!) rival = i;
  }
  return { classIndex, rival: Math.min(rival, outputs.length - 1) };
}

/** As numbers of their own, so that a component is drawn again only when they change. */
export function useQuestion(): Question | null {
  const [{ classIndex: chosen, versus }] = useSelection();
  const classIndex = useLooked(({ look }) => look && questionOf(look, chosen, versus).classIndex);
  const rival = useLooked(({ look }) => look && questionOf(look, chosen, versus).rival);
  return useMemo(() => (classIndex === null || rival === null ? null : { classIndex, rival }), [classIndex, rival]);
}

/** What is asked: a class alone, or against another. */
export function useAsked(): (Question & { readonly versus: number | null }) | null {
  const question = useQuestion();
  const [{ ask }] = useDrawView();
  return question && { ...question, versus: ask === "versus" ? question.rival : null };
}

/** Names of the classes. */
export function useClassNames(): readonly string[] {
  return useInfo()?.model.classNames ?? digits;
}

const digits = Array.from({ length: 10 }, (_, i) => String(i));

/** Whether the model takes 28 × 28 pictures and tells classes apart. */
export const takesPictures = ({ model }: Info): boolean =>
  model.classNames !== null && model.inputShape.reduce((size, n) => size * n, 1) === 784;
