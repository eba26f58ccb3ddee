/** The screens that there are, in the order of the rail. */
export const screenIds = ["draw", "microscope", "train", "backprop", "profit", "game"] as const;
export type ScreenId = (typeof screenIds)[number];

/** Screens that the design has a place for and that are not built: they are in no menu. */
export const plannedScreenIds = ["learn", "data", "evaluate", "timeline", "runs", "landscape", "model"] as const;
export type PlannedScreenId = (typeof plannedScreenIds)[number];

export const isScreenId = (text: string): text is ScreenId => (screenIds as readonly string[]).includes(text);
