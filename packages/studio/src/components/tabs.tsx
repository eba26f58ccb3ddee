import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";

export interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly label: string; readonly content: () => ReactNode }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** Where a key leads from one of `count` tabs; nothing for keys that are not theirs. */
export function tabAfter(key: string, from: number, count: number): number | undefined {
  if (key === "ArrowRight" || key === "ArrowDown") return (from + 1) % count;
  if (key === "ArrowLeft" || key === "ArrowUp") return (from + count - 1) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}

/**
 * Pages of which one is seen. Only that one is made. The list of tabs is one stop of the Tab key; in it the arrow keys, Home and End
 * open what they reach (the pattern "Tabs" of the ARIA Authoring Practices, with automatic activation).
 */
export function Tabs<T extends string>({ label, tabs, value, onChange }: TabsProps<T>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const open = tabs.find((tab) => tab.id === value);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = tabs.findIndex((tab) => tab.id === value);
    const next = tabAfter(event.key, Math.max(from, 0), tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    onChange(tabs[next]!.id);
    const reached = list.current?.children[next] as HTMLElement | undefined;
    reached?.focus();
    reached?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  return (
    <div className="tabs">
      <div ref={list} className="tab-list" role="tablist" aria-label={label}>
        {tabs.map((tab, i) => {
          const isOpen = tab === open;
          return (
            <button
              key={tab.id}
              id={`${id}-${tab.id}`}
              type="button"
              role="tab"
              className="tab"
              aria-selected={isOpen}
              {...(isOpen && { "aria-controls": `${id}-panel` })}
              tabIndex={isOpen || (open === undefined && i === 0) ? 0 : -1}
              onClick={() => onChange(tab.id)}
              onKeyDown={onKeyDown}
            >
              {tab.label}
            </button>
          );
        })}
      </div>
      {open && (
        <div
          key={open.id}
          id={`${id}-panel`}
          className="tab-panel"
          role="tabpanel"
          aria-labelledby={`${id}-${open.id}`}
        >
          {open.content()}
        </div>
      )}
    </div>
  );
}
