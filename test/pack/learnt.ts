import { expect } from "vitest";

/** What `program/circle.js` tells. */
export interface Told {
  readonly backend: string;
  readonly variant: string;
  readonly notices: readonly string[];
  readonly loss: number;
  readonly accuracy: number;
  /** The probability that the centre of the circle lies inside, and that a corner of the square does. */
  readonly centre: number;
  readonly corner: number;
  /** In a worker: how many further threads joined. */
  readonly joined?: number;
  /** In a worker: why it failed. */
  readonly error?: string;
}

/** Expects that the network has learnt, and that the backend computed it. */
export function expectLearnt(told: Told | undefined, backend: string): void {
  expect(told?.error).toBeUndefined();
  expect(told).toMatchObject({ backend });
  expect(told?.accuracy).toBeGreaterThan(0.95);
  expect(told?.centre).toBeGreaterThan(0.9);
  expect(told?.corner).toBeLessThan(0.1);
}
