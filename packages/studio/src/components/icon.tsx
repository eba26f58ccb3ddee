/** The pictures on buttons: strokes in a box of 20 × 20, in the colour of the text beside them. */
const paths = {
  play: "M6.5 4.2 L15 10 L6.5 15.8 Z",
  pause: "M7 4.5 V15.5 M13 4.5 V15.5",
  step: "M5 4.5 L11.5 10 L5 15.5 Z M14.5 4.5 V15.5",
  epoch: "M15.5 10 A5.5 5.5 0 1 1 13.4 5.7 M13.6 2.6 V6 H10.2",
  undo: "M7.5 4 L4 7.5 L7.5 11 M4.4 7.5 H11.5 A4 4 0 0 1 11.5 15.8 H8",
  redo: "M12.5 4 L16 7.5 L12.5 11 M15.6 7.5 H8.5 A4 4 0 0 0 8.5 15.8 H12",
  share: "M10 12.5 V3.5 M6.5 6.8 L10 3.3 L13.5 6.8 M4.5 10.5 V16 H15.5 V10.5",
  sun: "M10 6.6 A3.4 3.4 0 1 1 9.99 6.6 Z M10 2.2 V3.8 M10 16.2 V17.8 M2.2 10 H3.8 M16.2 10 H17.8 M4.5 4.5 L5.6 5.6 M14.4 14.4 L15.5 15.5 M15.5 4.5 L14.4 5.6 M5.6 14.4 L4.5 15.5",
  moon: "M16 11.8 A6.6 6.6 0 1 1 8.2 4 A5.2 5.2 0 0 0 16 11.8 Z",
  system: "M3.5 4.5 H16.5 V13 H3.5 Z M7.5 16.2 H12.5 M10 13 V16",
  draw: "M4 16 L4.8 12.6 L13 4.4 L15.6 7 L7.4 15.2 Z M11.4 6 L14 8.6",
  microscope: "M8.7 4 A4.7 4.7 0 1 1 8.69 4 Z M12.2 12.2 L16.5 16.5",
  train: "M3.5 4 V16 H16.5 M5.5 6 C7.5 13 10 13.4 16 14",
  backprop: "M16 10 H4.5 M8.5 5.5 L4 10 L8.5 14.5 M16 5.5 V14.5",
  profit: "M3.5 16 H16.5 M5.5 13.4 V10.5 M9 13.4 V7 M12.5 13.4 V4.5 M16 13.4 V8.5",
  game: "M10 6.8 A3.2 3.2 0 1 1 9.99 6.8 Z M10 2.5 A7.5 7.5 0 1 1 9.99 2.5 Z",
  close: "M5 5 L15 15 M15 5 L5 15",
  inspector: "M3.5 4 H16.5 V16 H3.5 Z M12 4 V16",
  code: "M7 5.5 L2.8 10 L7 14.5 M13 5.5 L17.2 10 L13 14.5",
  more: "M4.4 10 A0.9 0.9 0 1 1 4.4 10.01 Z M9.1 10 A0.9 0.9 0 1 1 9.1 10.01 Z M13.8 10 A0.9 0.9 0 1 1 13.8 10.01 Z",
  open: "M3.5 15.5 V5 H8 L9.5 7 H16.5 V15.5 Z",
  save: "M10 3.5 V12.5 M6.5 9.2 L10 12.7 L13.5 9.2 M4.5 12.5 V16 H15.5 V12.5",
  reset: "M4.5 10 A5.5 5.5 0 1 0 6.6 5.7 M6.4 2.6 V6 H9.8",
  forward: "M4 10 H15.5 M11.5 5.5 L16 10 L11.5 14.5",
  update: "M10 15.5 V4.5 M5.5 9 L10 4.5 L14.5 9",
  warning: "M10 3.5 L17 16 H3 Z M10 8 V11.5 M10 13.6 V13.7",
  check: "M4 10.5 L8.2 14.7 L16 5.8",
} as const;

export type IconName = keyof typeof paths;

const filled: ReadonlySet<IconName> = new Set(["play"]);

/** A small picture beside words; it says nothing to screen readers, the words do. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} className={filled.has(name) ? "icon-filled" : undefined} />
    </svg>
  );
}
