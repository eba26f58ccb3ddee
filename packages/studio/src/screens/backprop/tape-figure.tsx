import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../components/controls.tsx";
import { Icon, type IconName } from "../../components/icon.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useInfo } from "../../worker/hooks.tsx";
import { useStepper } from "./stepper.tsx";
import { resultSymbol } from "./symbols.ts";
import type { Op, Phase } from "./tape.ts";
import { texts } from "./texts.ts";

const PLAY_MS = 1400;
const phases: readonly Phase[] = ["forward", "loss", "backward", "update"];
const icons: Readonly<Record<Phase, IconName>> = {
  forward: "forward",
  loss: "check",
  backward: "backprop",
  update: "update",
};

/** All operations of the step in their order; one of them is looked at. */
export function Tape() {
  const m = useMessages(texts).tape;
  const { tape, at, goTo } = useStepper();
  const [isPlaying, setPlaying] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const words = useOpWords();
  const last = tape.tape.length - 1;
  const wantsFocus = useRef(false);

  useEffect(() => {
    if (!isPlaying) return undefined;
    if (at >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => goTo(at + 1), PLAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, at, last, goTo]);

  useEffect(() => {
    const place = list.current;
    const current = place?.querySelector<HTMLElement>(`[data-op="${at}"]`);
    if (place === null || current === null || current === undefined) return;
    // Only the tape is scrolled, never the page.
    const middle = current.offsetLeft + current.offsetWidth / 2 - place.clientWidth / 2;
    place.scrollLeft = Math.max(0, middle);
    if (wantsFocus.current) current.focus({ preventScroll: true });
    wantsFocus.current = false;
  }, [at]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    const target = steps[event.key];
    if (target === undefined) return;
    event.preventDefault();
    wantsFocus.current = true;
    goTo(target);
  };
  const play = (): void => {
    if (!isPlaying && at >= last) goTo(0);
    setPlaying(!isPlaying);
  };
  return (
    <div className="backprop-tape">
      <div className="backprop-tape-tools">
        <Button kind="quiet" label={m.previous} isDisabled={at === 0} onPress={() => goTo(at - 1)}>
          ‹
        </Button>
        <Button kind="plain" icon={isPlaying ? "pause" : "play"} label={isPlaying ? m.pause : m.play} onPress={play} />
        <Button kind="quiet" label={m.next} isDisabled={at === last} onPress={() => goTo(at + 1)}>
          ›
        </Button>
        <span className="number muted" aria-live="polite">
          {m.at(String(at + 1), String(last + 1))}
        </span>
      </div>
      <div className="backprop-ops" role="toolbar" aria-label={m.label} ref={list} onKeyDown={onKeyDown}>
        {phases.map((phase) => (
          <div key={phase} className={`backprop-phase backprop-${phase}`}>
            <span className="backprop-phase-name">
              <Icon name={icons[phase]} size={14} />
              {m.phases[phase]}
            </span>
            <div className="backprop-phase-ops">
              {tape.tape.map((op, i) =>
                op.phase === phase ? (
                  <button
                    key={op.id}
                    type="button"
                    className="backprop-op"
                    data-op={i}
                    data-done={i < at}
                    aria-current={i === at ? "step" : undefined}
                    tabIndex={i === at ? 0 : -1}
                    title={words(op)}
                    aria-label={`${resultSymbol(op, tape.calls)}, ${words(op)}`}
                    onClick={() => goTo(i)}
                  >
                    {resultSymbol(op, tape.calls)}
                    {op.kind === "update" && " ←"}
                  </button>
                ) : null,
              )}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}

/** What an operation is, in words. */
export function useOpWords(): (op: Op) => string {
  const m = useMessages(texts);
  const language = useLanguage();
  const info = useInfo();
  const { tape } = useStepper();
  const { kinds } = m.tape;
  return ({ kind, call: index }) => {
    if (index === null) return kind === "loss" ? m.tape.losses[info?.settings.loss ?? "crossEntropy"] : kinds.lossGrad;
    const call = tape.calls[index]!;
    const name =
      call.activation ?? (call.kind === "flatten" || call.kind === "linear" ? "" : kinds[call.kind as "dropout"]);
    switch (kind) {
      case "forward":
        if (call.kind === "linear") return kinds.linear(count(call.inSize, language), count(call.outSize, language));
        return call.activation ?? kinds[call.kind as "flatten"];
      case "slope":
        return name === "" ? kinds.flatten : kinds.through(name);
      case "weights":
        return kinds.weights;
      case "back":
        return kinds.back;
      case "update":
      case "loss":
      case "lossGrad":
        return m.rates.optimizers[info?.settings.optimizer.kind ?? "sgd"];
    }
  };
}
