import { memo, useEffect, useMemo } from "react";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useClient } from "../../worker/hooks.tsx";
import { useStore } from "../../workspace/hooks.tsx";
import { EpochsFigure } from "./epochs-figure.tsx";
import { ExamFigure } from "./exam-figure.tsx";
import type { Game } from "./game.ts";
import { refresh } from "./learning.ts";
import { LossFigure } from "./loss-figure.tsx";
import { LossesFigure } from "./losses-figure.tsx";
import { PlaneFigure } from "./plane-figure.tsx";
import { PolicyFigure } from "./policy-figure.tsx";
import { RaceFigure } from "./race-figure.tsx";
import "./screen.css";
import { OutcomeFigure, SettingsFigure } from "./settings-figure.tsx";
import { StepFigure } from "./step-figure.tsx";
import { texts } from "./texts.ts";
import { useArena, useDescent, useWalkSettings } from "./use-game.ts";

// They know nothing of the step that is looked at, which changes often while a walk is played.
const Epochs = memo(EpochsFigure);
const Exam = memo(ExamFigure);
const RaceTrack = memo(RaceFigure);

/** A character that walks to a goal: down a slope, by a network that learns to, and against the reader. */
export function GameScreen() {
  const m = useMessages(texts);
  const client = useClient();
  const { arena, change } = useArena();
  const settings = useWalkSettings();
  const distance = useDescent(arena, useWalkSettings("distance"));
  const squared = useDescent(arena, useWalkSettings("squared"));
  const walking = useDescent(arena, useWalkSettings("walking"));
  const walks = useMemo(() => ({ distance, squared, walking }), [distance, squared, walking]);
  const isConnected = useStore(client.known, ({ connection }) => connection === "open");
  useEffect(() => {
    if (isConnected) void refresh(client); // also of a session that was begun anew
  }, [client, isConnected]);
  const game: Game = {
    ...{ arena, settings, walks },
    change: (next, from) => {
      if (next !== undefined) change(next, from);
    },
  };
  return (
    <div className="screen game">
      <h1 className="screen-title">{m.title}</h1>
      <p className="screen-lead">
        <Words text={m.lead} />
      </p>
      <h2 className="game-part">{m.partDescent}</h2>
      <div className="game-main">
        <PlaneFigure game={game} />
        <div className="stack game-side">
          <SettingsFigure game={game} />
          <OutcomeFigure game={game} />
        </div>
      </div>
      <div className="game-pair">
        <StepFigure game={game} />
        <LossFigure game={game} />
      </div>
      <LossesFigure game={game} />
      <h2 className="game-part">{m.partPolicy}</h2>
      <div className="game-main">
        <PolicyFigure arena={arena} />
        <Epochs />
      </div>
      <Exam arena={arena} />
      <h2 className="game-part">{m.partRace}</h2>
      <RaceTrack arena={arena} />
    </div>
  );
}
