import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { languageNames, useLanguage } from "../i18n/language.tsx";

export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly isDisabled?: boolean;
  readonly isLabelHidden?: boolean;
  readonly format?: Intl.NumberFormatOptions;
}

const MINUS_SIGNS = /[−﹣－]/g;
const WHOLE_STEPS = 10;

/** The number that a text means, with any minus and in full-width digits and as a percentage too; NaN if it means none. */
export function parseNumber(text: string): number {
  const plain = text
    .normalize("NFKC")
    .replace(MINUS_SIGNS, "-")
    .replace(/[\s,_]/g, "");
  const isPercentage = plain.endsWith("%");
  const digits = isPercentage ? plain.slice(0, -1) : plain;
  if (digits === "") return Number.NaN;
  return isPercentage ? Number((Number(digits) / 100).toPrecision(15)) : Number(digits);
}

/** The nearest number that the field takes: between its bounds, on its steps from the lower one (or from 0). */
export function nearestAllowed(
  value: number,
  min = Number.NEGATIVE_INFINITY,
  max = Number.POSITIVE_INFINITY,
  step?: number,
) {
  const inside = Math.max(min, Math.min(max, value));
  if (step === undefined) return inside;
  const base = Number.isFinite(min) ? min : 0;
  const digits = Math.min(20, Math.max(0, Math.ceil(-Math.log10(step)) + 1));
  const stepped = Number((base + Math.round((inside - base) / step) * step).toFixed(digits));
  return stepped > max ? Number((stepped - step).toFixed(digits)) : Math.max(min, stepped);
}

/**
 * A number to type, taken over by Enter or when the field is left. Up and down arrows go a step, Page Up and Down ten, Home and End to the
 * bounds; Escape, or what is no number, gives the old value back.
 */
export function NumberField(props: NumberFieldProps) {
  const { label, value, onChange, min, max, step, isDisabled = false, isLabelHidden = false, format } = props;
  const { tag } = languageNames[useLanguage()];
  const id = useId();
  const shown = new Intl.NumberFormat(tag, format ?? { useGrouping: false, maximumFractionDigits: 10 }).format(value);
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);

  /** In a field of percentages 97 is 97 %. */
  const parse = (text: string): number => {
    const isBare = format?.style === "percent" && !/[%％]\s*$/.test(text);
    return parseNumber(isBare ? `${text}%` : text);
  };
  const take = (next: number): void => {
    const allowed = nearestAllowed(next, min, max, step);
    if (Number.isNaN(next) || allowed === value) setDraft(shown);
    else onChange(allowed);
  };
  const commit = (): void => {
    if (draft !== shown) take(parse(draft));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = step ?? 1;
    const now = draft === shown ? value : parse(draft);
    const moves: Readonly<Record<string, number | undefined>> = {
      ArrowUp: now + by,
      ArrowDown: now - by,
      PageUp: now + WHOLE_STEPS * by,
      PageDown: now - WHOLE_STEPS * by,
      Home: min,
      End: max,
    };
    const target = moves[event.key];
    if (event.key === "Enter") commit();
    else if (event.key === "Escape" && draft !== shown) setDraft(shown);
    else if (target !== undefined) {
      event.preventDefault();
      take(target);
    }
  };
  return (
    <div className="field">
      {!isLabelHidden && (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      <input
        id={id}
        className="input number"
        type="text"
        inputMode={min !== undefined && min >= 0 ? "decimal" : "text"} // the number pads of phones have no minus
        autoComplete="off"
        spellCheck={false}
        {...(isLabelHidden && { "aria-label": label })}
        value={draft}
        disabled={isDisabled}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
