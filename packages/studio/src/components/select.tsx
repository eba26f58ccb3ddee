import { useId } from "react";
import type { ChoiceProps } from "./choice.ts";

/** One of many choices, in a list that opens: the platform's own, so phones show theirs, and keys and type-ahead are those people know. */
export function Select<T extends string>(props: ChoiceProps<T>) {
  const { label, choices, value, onChange, isDisabled = false, isLabelHidden = false } = props;
  const id = useId();
  return (
    <div className="field">
      {!isLabelHidden && (
        <label className="field-label" htmlFor={id}>
          {label}
        </label>
      )}
      <span className="select">
        <select
          id={id}
          className="button button-plain select-button"
          {...(isLabelHidden && { "aria-label": label })}
          value={value}
          disabled={isDisabled}
          onChange={(event) => onChange(event.target.value as T)}
        >
          {!choices.some((choice) => choice.id === value) && <option value={value} hidden />}
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
        <span aria-hidden="true" className="select-arrow" />
      </span>
    </div>
  );
}
