import { type ReactNode, useEffect, useRef, useState } from "react";

/** A part that may be wider than the screen: then it is scrolled, by keyboard too. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => setWide(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <section ref={place} className="profit-scroll" {...(isWide && { "aria-label": label, tabIndex: 0 })}>
      {children}
    </section>
  );
}
