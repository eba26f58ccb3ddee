/** What the screen remembers of itself: in the URL, and in share links. */
export const trainView = {
  tab: "watch",
  /** Logarithmic loss. */
  isLog: false,
  smooth: 0.8,
  /** What the tiles show: "weights" or "change" since `since`. */
  mode: "weights",
  since: 0,
  /** Whether weights that fit are kept when the network changes. */
  keep: false,
  /** On phones: whether the cards are unfolded. */
  isSetupOpen: false,
  /** When training pauses by itself: see `StopRule`. */
  stop: "never",
  stopEpochs: 10,
  stopTarget: 0.97,
  /** Of A and B. */
  score: "validationAccuracy",
};
