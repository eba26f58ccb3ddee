import { useEffect, useRef, useState } from "react";
import { Button, Slider } from "../../components/controls.tsx";
import { useMessages } from "../../i18n/language.tsx";
import type { Descent } from "./descend.ts";
import { texts } from "./texts.ts";
import { lastOf, stepOf, useGameView } from "./use-game.ts";

/** How long a whole walk takes when it is played, and how often it is drawn at most. */
const WALK_MS = 5000;
const TICK_MS = 50;

/** Plays a walk step by step. */
export function Player({ descent }: { descent: Descent }) {
  const m = useMessages(texts);
  const { view, set } = useGameView();
  const [isPlaying, setPlaying] = useState(false);
  const last = lastOf(descent);
  const step = stepOf(view.step, descent);
  const now = useRef(step);
  now.current = step;
  useEffect(() => {
    if (!isPlaying) return undefined;
    const perTick = Math.max(1, Math.round((last * TICK_MS) / WALK_MS));
    const tick = Math.max(TICK_MS, Math.min(400, WALK_MS / Math.max(1, last)));
    const timer = setInterval(() => {
      const next = Math.min(last, now.current + perTick);
      set({ step: next });
      if (next >= last) setPlaying(false);
    }, tick);
    return () => clearInterval(timer);
  }, [isPlaying, last, set]);
  const go = (to: number): void => {
    setPlaying(false);
    set({ step: Math.max(0, Math.min(last, to)) });
  };
  const play = (): void => {
    if (!isPlaying && step >= last) set({ step: 0 });
    setPlaying(!isPlaying);
  };
  return (
    <div className="game-player">
      <Button kind="primary" icon={isPlaying ? "pause" : "play"} isDisabled={last === 0} onPress={play}>
        {isPlaying ? m.player.pause : m.player.play}
      </Button>
      <Button icon="reset" label={m.player.toStart} isDisabled={step === 0} onPress={() => go(0)} />
      <Button icon="step" label={m.player.forward} isDisabled={step >= last} onPress={() => go(step + 1)} />
      <Button icon="forward" label={m.player.toEnd} isDisabled={step >= last} onPress={() => go(last)} />
      <div className="game-slider">
        <Slider
          label={m.player.slider}
          value={step}
          min={0}
          max={Math.max(1, last)}
          step={1}
          isDisabled={last === 0}
          onChange={go}
          text={(k) => m.player.at(String(k), String(last))}
        />
      </div>
    </div>
  );
}
