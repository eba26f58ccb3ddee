import { Button, NumberField, Select } from "../../components/controls.tsx";
import { MAX_WALLS, type Wall } from "../../game/arena.ts";
import { useMessages } from "../../i18n/language.tsx";
import { useClient } from "../../worker/hooks.tsx";
import { MIN_SIDE, settled } from "./arena-text.ts";
import { moved, withoutWall, withWall } from "./drag.ts";
import type { Handle } from "./draw-descent.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { presets } from "./use-game.ts";

/** A wall that is added by a button: in the middle, to be moved. */
const newWall: Wall = { x: 47, y: 25, width: 5, height: 20 };

export interface ArenaEditorProps {
  readonly game: Game;
  readonly selected: Handle | null;
  readonly onSelect: (handle: Handle | null) => void;
}

/** Everything on the plane by numbers, and whole arenas to begin with. */
export function ArenaEditor({ game, selected, onSelect }: ArenaEditorProps) {
  const m = useMessages(texts);
  const client = useClient();
  const { arena, change } = game;
  const handle = selected ?? "goal";
  const wall = typeof handle === "number" ? arena.walls[handle] : undefined;
  const at = typeof handle === "number" ? wall! : arena[handle];
  const choices = [
    { id: "goal", label: m.plane.words.goal },
    { id: "start", label: m.plane.words.start },
    ...arena.walls.map((_, i) => ({ id: String(i), label: m.arena.wall(String(i + 1)) })),
  ];
  const move = (axis: "x" | "y", value: number): void => {
    const by = { x: 0, y: 0, [axis]: value - at[axis] };
    change(moved(arena, handle, by), arena);
  };
  const resize = (part: Partial<Wall>): void => {
    if (typeof handle === "number" && wall) change(withWall(arena, handle, { ...wall, ...part }), arena);
  };
  const anywhere = (): void => {
    const seed = Math.floor(Math.random() * 1_000_000);
    client.request("game/arena", { seed, walls: 3 + (seed % 5) }).then(
      (drawn) => {
        onSelect("goal");
        change(settled(drawn), arena);
      },
      () => undefined, // a worker that is lost is told above
    );
  };
  return (
    <div className="game-editor">
      <div className="game-editor-row">
        <Select
          label={m.arena.selected}
          choices={choices}
          value={String(handle)}
          onChange={(id) => onSelect(id === "goal" || id === "start" ? id : Number(id))}
        />
        <NumberField label="x" value={at.x} min={0} max={arena.width} step={0.1} onChange={(x) => move("x", x)} />
        <NumberField label="y" value={at.y} min={0} max={arena.height} step={0.1} onChange={(y) => move("y", y)} />
        {wall && (
          <>
            <NumberField
              label={m.arena.width}
              value={wall.width}
              min={MIN_SIDE}
              max={arena.width}
              step={0.1}
              onChange={(width) => resize({ width })}
            />
            <NumberField
              label={m.arena.height}
              value={wall.height}
              min={MIN_SIDE}
              max={arena.height}
              step={0.1}
              onChange={(height) => resize({ height })}
            />
          </>
        )}
      </div>
      <div className="game-editor-row">
        <Button
          isDisabled={arena.walls.length >= MAX_WALLS}
          onPress={() => {
            change(withWall(arena, arena.walls.length, newWall), arena);
            onSelect(arena.walls.length);
          }}
        >
          {m.arena.add}
        </Button>
        <Button
          isDisabled={wall === undefined}
          onPress={() => {
            if (typeof handle !== "number") return;
            onSelect(null);
            change(withoutWall(arena, handle), arena);
          }}
        >
          {m.arena.remove}
        </Button>
        <span className="game-gap" />
        <Button kind="quiet" onPress={() => change(presets.open, arena)}>
          {m.arena.open}
        </Button>
        <Button kind="quiet" onPress={() => change(presets.walls, arena)}>
          {m.arena.walls}
        </Button>
        <Button kind="quiet" onPress={anywhere}>
          {m.arena.anywhere}
        </Button>
      </div>
    </div>
  );
}
