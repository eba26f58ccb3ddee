import { type Dataset, dataset, linear, Rng, sequential, tanh } from "glassnet";
import type { Project, Session } from "../../worker/session.ts";
import type { SessionData } from "../../worker/source.ts";

/** @file A network that is small enough to be drawn whole, to step through. */

const HIDDEN = 3;
const RADIUS = 1.1;

function pointsOf(name: string, count: number, seed: number): Dataset {
  const rng = Rng.seeded(seed);
  const inputs = Array.from({ length: count }, () => [3 * rng.next() - 1.5, 3 * rng.next() - 1.5]);
  const targets = inputs.map(([x, y]) => (Math.hypot(x!, y!) > RADIUS ? 1 : 0));
  return dataset({ name, inputs, targets, classNames: ["○", "●"] });
}

interface Kept {
  readonly project: Project;
  readonly data: SessionData;
}

const shelf = (session: Session): { kept: Kept | null } => session.own("backprop/kept", () => ({ kept: null }));

/** Whether a network was put aside for the small one, which is still the one in the session. */
export const hasKept = (session: Session): boolean =>
  shelf(session).kept !== null && session.data.training.name === SMALL_NAME;

export const SMALL_NAME = "2 → 3 → 2";

/** Two inputs, three tanh units, two classes: is a point inside a circle or outside? The network of before is put aside. */
export async function openSmall(session: Session): Promise<void> {
  if (session.data.training.name !== SMALL_NAME) {
    shelf(session).kept = { project: await session.current(), data: session.data };
  }
  const rng = Rng.seeded(4);
  const model = sequential(linear(2, HIDDEN, { rng }), tanh, linear(HIDDEN, 2, { rng }));
  await session.adopt(
    {
      ...{ model, name: SMALL_NAME, origin: "lab", inputShape: [2], outputs: "logits", classNames: ["○", "●"] },
      preprocessing: { kind: "none" },
    },
    {
      source: "lab",
      training: pointsOf(SMALL_NAME, 160, 1),
      validation: pointsOf(SMALL_NAME, 40, 2),
      columns: ["x₁", "x₂"],
    },
  );
}

/** Puts the network of before back, with its weights; its optimizer begins afresh. */
export async function giveBack(session: Session): Promise<boolean> {
  const { kept } = shelf(session);
  if (kept === null) return false;
  shelf(session).kept = null;
  await session.adopt(kept.project, kept.data);
  return true;
}
