import type { Paint } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { fixed } from "../../i18n/numbers.ts";
import { drawGoal, drawLabel, drawWalls, scaleFor, trace } from "./draw-ground.ts";
import type { Race } from "./race.ts";

export interface RaceWords {
  readonly you: string;
  readonly rival: string;
  readonly goal: string;
  readonly paused: string;
  readonly ready: string;
}

/** Both runners as they stand now: the human a disc, the rival a square. */
export function paintRace(race: Race, words: RaceWords): Paint {
  return (brush) => {
    const { context, palette, width, height } = brush;
    const { arena } = race.terrain;
    const scale = scaleFor(arena, width, height);
    drawWalls(brush, arena, scale);
    const { rival } = race;
    const done = Math.min(rival.path.length / 2 - 1, Math.floor(race.seconds / rival.secondsPerStep));
    context.lineJoin = "round";
    context.lineWidth = 2;
    context.strokeStyle = palette.negative;
    context.setLineDash([5, 4]);
    trace(brush, scale, rival.path, 0, done);
    context.stroke();
    context.setLineDash([]);
    context.strokeStyle = palette.positive;
    trace(brush, scale, race.trail);
    context.stroke();
    drawGoal(brush, scale, race.goal, words.goal);
    const { x, y } = race.rivalPlace;
    const [rx, ry] = [scale.x(x), scale.y(y)];
    context.fillStyle = palette.negative;
    context.fillRect(rx - 6, ry - 6, 12, 12);
    context.strokeStyle = palette.surface;
    context.lineWidth = 1.5;
    context.strokeRect(rx - 6, ry - 6, 12, 12);
    const [hx, hy] = [scale.x(race.human.x), scale.y(race.human.y)];
    context.beginPath();
    context.arc(hx, hy, 8, 0, 2 * Math.PI);
    context.fillStyle = palette.positive;
    context.fill();
    context.stroke();
    const isTogether = Math.hypot(hx - rx, hy - ry) < 40;
    drawLabel(brush, words.rival, rx, isTogether ? ry + 19 : ry - 17, palette.negative);
    drawLabel(brush, words.you, hx, hy - 18, palette.positive);
    drawText(brush, `${fixed(race.seconds, 1)} s`, width - 10 - 3 * scale.unit, scale.y(arena.height) - 14, {
      size: 13,
      weight: 600,
      align: "right",
    });
    const hint = race.status === "paused" ? words.paused : race.status === "ready" ? words.ready : "";
    if (hint === "") return;
    const lines = hint.split("\n");
    context.globalAlpha = 0.9;
    context.fillStyle = palette.surface;
    context.fillRect(0, height / 2 - 16 * lines.length, width, 32 * lines.length);
    context.globalAlpha = 1;
    for (const [i, line] of lines.entries()) {
      const at = height / 2 + 22 * (i - (lines.length - 1) / 2);
      drawText(
        brush,
        line,
        width / 2,
        at,
        { size: i === 0 ? 15 : 13, weight: i === 0 ? 650 : 400, align: "center" },
        width - 16,
      );
    }
  };
}
