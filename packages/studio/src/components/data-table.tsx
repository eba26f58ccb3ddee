import { type KeyboardEvent, type ReactNode, type UIEvent, useEffect, useId, useRef, useState } from "react";

export interface Column {
  readonly id: string;
  readonly title: ReactNode;
  /** Numbers stand at the right, words at the left. */
  readonly align?: "left" | "right";
  /** In CSS units, such as "6rem" or "1fr". */
  readonly width?: string;
  readonly cell: (row: number) => ReactNode;
}

export interface DataTableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Height of the visible part in CSS pixels. */
  readonly height: number;
  readonly rowHeight?: number;
  readonly selected?: number;
  readonly onSelect?: (row: number) => void;
  /** Enter, or a second press. */
  readonly onOpen?: (row: number) => void;
  /** Rows that always stand below, such as a sum. */
  readonly footer?: ReactNode;
}

const SPARE_ROWS = 6;
/** Of titles that take one line. */
const HEAD_HEIGHT = 31;

/**
 * A table of any number of rows, of which only the visible ones are made. Arrow keys, Page Up and Down, Home and End move through
 * it, Enter opens a row; screen readers hear how many rows there are.
 */
export function DataTable(props: DataTableProps) {
  const { label, columns, rowCount, height, rowHeight = 26, selected, onSelect, onOpen, footer } = props;
  const [top, setTop] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const id = useId();
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const last = Math.min(rowCount, Math.ceil((top + height) / rowHeight) + SPARE_ROWS);
  const template = columns.map(({ width = "1fr" }) => width).join(" ");

  useEffect(() => {
    const element = scroller.current;
    if (selected === undefined || element === null) return;
    const y = selected * rowHeight;
    const visible = element.clientHeight - (head.current?.offsetHeight ?? 0);
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + rowHeight > element.scrollTop + visible) element.scrollTop = y + rowHeight - visible;
  }, [selected, rowHeight]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 1);
    const now = selected ?? 0;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: 0,
      End: rowCount - 1,
    };
    const target = moves[event.key];
    if (target !== undefined && rowCount > 0) {
      event.preventDefault();
      if (onSelect) onSelect(Math.max(0, Math.min(rowCount - 1, target)));
      else if (scroller.current) scroller.current.scrollTop += (target - now) * rowHeight;
    } else if (event.key === "Enter" && selected !== undefined) onOpen?.(selected);
  };

  return (
    <div className="data-table">
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed by hand, which a table element does not take */}
      <div
        role="grid"
        ref={scroller}
        className="data-scroll"
        style={{ height: height + HEAD_HEIGHT }}
        onScroll={(event: UIEvent<HTMLDivElement>) => setTop(event.currentTarget.scrollTop)}
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length}
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...(selected !== undefined &&
          selected >= first &&
          selected < last && { "aria-activedescendant": `${id}-${selected}` })}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
        <div role="row" ref={head} aria-rowindex={1} className="data-head" style={{ gridTemplateColumns: template }}>
          {columns.map(({ id: name, title, align }) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div role="columnheader" key={name} className={align === "right" ? "data-number" : "data-word"}>
              {title}
            </div>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" className="data-space" style={{ height: rowCount * rowHeight }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i).map((row) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
            <div
              role="row"
              key={row}
              id={`${id}-${row}`}
              aria-rowindex={row + 2}
              aria-selected={row === selected}
              className="data-row"
              style={{ top: row * rowHeight, height: rowHeight, gridTemplateColumns: template }}
              onClick={() => (row === selected ? onOpen?.(row) : onSelect?.(row))}
            >
              {columns.map(({ id: name, align, cell }) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
                <div role="gridcell" key={name} className={align === "right" ? "data-number" : "data-word"}>
                  {cell(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
      {footer !== undefined && <div className="data-foot">{footer}</div>}
    </div>
  );
}
