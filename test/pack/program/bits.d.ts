import type { Device } from "glassnet";

interface Bits {
  readonly variant: string;
  readonly threads: number;
  /** What stands for the bits of each result. */
  readonly bits: Readonly<Record<string, string>>;
}

export function bits(glassnet: unknown, device?: Device, repeats?: number): Promise<Bits>;
