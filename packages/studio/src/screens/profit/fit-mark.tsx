/** The sign of a model in pictures: a square, a disc, or a cross for the truth. */
export function FitMark({ kind }: { kind: "linear" | "curved" | "truth" }) {
  return (
    <svg
      className={`profit-mark is-${kind}`}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      focusable="false"
    >
      {kind === "linear" && <rect x="2.5" y="2.5" width="9" height="9" />}
      {kind === "curved" && <circle cx="7" cy="7" r="4.8" />}
      {kind === "truth" && <path d="M2.5 2.5 L11.5 11.5 M11.5 2.5 L2.5 11.5" />}
    </svg>
  );
}
