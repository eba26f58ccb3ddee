export function bits(glassnet: unknown): Promise<{ readonly variant: string; readonly bits: string }>;
