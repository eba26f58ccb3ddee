import { useMemo, useState } from "react";
import { Segments, Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import { Terrain } from "../../game/terrain.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { ArenaEditor } from "./arena-editor.tsx";
import { gameCode } from "./code.ts";
import type { Handle } from "./draw-descent.ts";
import type { Game } from "./game.ts";
import { Plane, type Tool } from "./plane.tsx";
import { Player } from "./player.tsx";
import { texts } from "./texts.ts";
import { stepOf, useGameView } from "./use-game.ts";

/** The plane with the character, the goal and the walls, and the walk against the slope. */
export function PlaneFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { view, set } = useGameView();
  const [tool, setTool] = useState<Tool>("move");
  const [selected, setSelected] = useState<Handle | null>("goal");
  const [refused, setRefused] = useState(false);
  const { arena, settings } = game;
  const { descent, trouble } = game.walks[settings.loss];
  const { data: ground } = useLive("game/map", view.showMap ? { arena, loss: settings.loss } : null);
  const shortest = useMemo(() => new Terrain(arena).shortestPath(), [arena]);
  const safe = typeof selected === "number" && selected >= arena.walls.length ? null : selected;
  const step = descent && stepOf(view.step, descent);
  const change: Game["change"] = (next, from) => {
    setRefused(next === undefined);
    game.change(next, from);
  };
  return (
    <Figure
      className="game-plane"
      title={m.plane.title}
      code={gameCode.descent}
      caption={<Words text={m.plane.caption(m.losses[settings.loss])} />}
      tools={
        <Segments
          label={m.plane.tool}
          isLabelHidden
          choices={[
            { id: "move", label: m.plane.move },
            { id: "wall", label: m.plane.draw },
          ]}
          value={tool}
          onChange={setTool}
        />
      }
    >
      <Plane
        game={{ ...game, change }}
        ground={view.showMap ? (ground ?? null) : null}
        shortest={shortest}
        tool={tool}
        selected={safe}
        onSelect={setSelected}
        onDrawn={() => setTool("move")}
      />
      {trouble && <TroubleNotice trouble={trouble} />}
      {descent && <Player descent={descent} />}
      {refused && <Notice kind="warning">{m.arena.refused}</Notice>}
      {shortest === undefined && <Notice kind="warning">{m.plane.noWay}</Notice>}
      <ArenaEditor game={{ ...game, change }} selected={safe} onSelect={setSelected} />
      <div className="game-below">
        <Switch isSelected={view.showMap} onChange={(showMap) => set({ showMap })}>
          {m.plane.map}
        </Switch>
        <p className="game-legend">
          <span className="game-key is-walk">{m.plane.keys.walk(m.losses[settings.loss])}</span>
          <span className="game-key is-shortest">{m.plane.keys.shortest}</span>
          <span className="game-key is-straight">{m.plane.keys.straight}</span>
          <span className="game-key is-gradient">{m.plane.keys.gradient}</span>
          <span className="game-key is-step">{m.plane.keys.step}</span>
        </p>
      </div>
      <p className="visually-hidden" aria-live="polite">
        {descent &&
          step !== undefined &&
          m.plane.live(
            String(step),
            fixed(descent.at[2 * step]!, 1),
            fixed(descent.at[2 * step + 1]!, 1),
            m.outcomes[descent.outcome],
          )}
      </p>
    </Figure>
  );
}
