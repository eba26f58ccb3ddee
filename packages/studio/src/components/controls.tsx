import type { ReactNode } from "react";
import {
  Button as AriaButton,
  ToggleButton as AriaToggleButton,
  type Key,
  ToggleButtonGroup,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import type { ChoiceProps } from "./choice.ts";
import { Icon, type IconName } from "./icon.tsx";

export type { Choice, ChoiceProps } from "./choice.ts";
export { NumberField, type NumberFieldProps } from "./number-field.tsx";
export { Select } from "./select.tsx";
export { Slider, type SliderProps } from "./slider.tsx";
export { Switch, type SwitchProps } from "./switch.tsx";
export { Tabs, type TabsProps } from "./tabs.tsx";

/** @file The controls of the studio: those of react-aria-components in the studio's looks, with fewer words, and where the platform has one, its own. */

export interface ButtonProps {
  readonly children?: ReactNode;
  readonly icon?: IconName;
  /** "primary" for the one thing to do next, "quiet" among others. */
  readonly kind?: "plain" | "primary" | "quiet";
  /** For a button that has only an icon, and as its tooltip. */
  readonly label?: string;
  readonly isDisabled?: boolean;
  readonly onPress: () => void;
  readonly className?: string;
}

export function Button({ children, icon, kind = "plain", label, isDisabled, onPress, className }: ButtonProps) {
  const button = (
    <AriaButton
      className={`button button-${kind} ${children === undefined ? "button-icon" : ""} ${className ?? ""}`}
      {...(label !== undefined && { "aria-label": label })}
      isDisabled={isDisabled ?? false}
      onPress={onPress}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </AriaButton>
  );
  return label === undefined ? button : <Hint text={label}>{button}</Hint>;
}

/** A tooltip for a control. */
export function Hint({ text, children }: { text: string; children: ReactNode }) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <Tooltip className="tooltip" offset={6}>
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}

export interface ToggleProps {
  readonly children?: ReactNode;
  readonly icon?: IconName;
  readonly label?: string;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly isDisabled?: boolean;
}

/** A button that stays down. */
export function Toggle({ children, icon, label, isSelected, onChange, isDisabled }: ToggleProps) {
  const button = (
    <AriaToggleButton
      className={`button button-quiet ${children === undefined ? "button-icon" : ""}`}
      {...(label !== undefined && { "aria-label": label })}
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled ?? false}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span>{children}</span>}
    </AriaToggleButton>
  );
  return label === undefined ? button : <Hint text={label}>{button}</Hint>;
}

/** Two to four choices side by side, one of them taken. */
export function Segments<T extends string>(props: ChoiceProps<T>) {
  const { label, choices, value, onChange, isDisabled, isLabelHidden = false } = props;
  return (
    <div className="field">
      {!isLabelHidden && (
        <span className="field-label" aria-hidden="true">
          {label}
        </span>
      )}
      <ToggleButtonGroup
        className="segments"
        aria-label={label}
        selectionMode="single"
        disallowEmptySelection
        isDisabled={isDisabled ?? false}
        selectedKeys={[value]}
        onSelectionChange={(keys: Set<Key>) => {
          const [key] = keys;
          if (key !== undefined) onChange(key as T);
        }}
      >
        {choices.map((choice) => (
          <AriaToggleButton key={choice.id} id={choice.id} className="segment">
            {choice.label}
          </AriaToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
