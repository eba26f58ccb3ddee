import type { ReactNode } from "react";
import {
  Button as AriaButton,
  NumberField as AriaNumberField,
  Select as AriaSelect,
  Slider as AriaSlider,
  Switch as AriaSwitch,
  Tab as AriaTab,
  TabList as AriaTabList,
  TabPanel as AriaTabPanel,
  Tabs as AriaTabs,
  ToggleButton as AriaToggleButton,
  Group,
  Input,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  SliderThumb,
  SliderTrack,
  ToggleButtonGroup,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { Icon, type IconName } from "./icon.tsx";

/** @file The controls of the studio: those of react-aria-components in the studio's looks, with fewer words. */

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

export interface Choice<T extends string> {
  readonly id: T;
  readonly label: string;
}

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
  /** The label is for screen readers alone. */
  readonly isLabelHidden?: boolean;
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

/** One of many choices, in a list that opens. */
export function Select<T extends string>(props: ChoiceProps<T>) {
  const { label, choices, value, onChange, isDisabled, isLabelHidden = false } = props;
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => onChange(key as T)}
      isDisabled={isDisabled ?? false}
      {...(isLabelHidden && { "aria-label": label })}
    >
      {!isLabelHidden && <Label className="field-label">{label}</Label>}
      <AriaButton className="button button-plain select-button">
        <SelectValue />
        <span aria-hidden="true" className="select-arrow" />
      </AriaButton>
      <Popover className="popover">
        <ListBox className="list-box">
          {choices.map((choice) => (
            <ListBoxItem key={choice.id} id={choice.id} className="list-item">
              {choice.label}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
  /** When the thumb is let go. */
  readonly onChangeEnd?: (value: number) => void;
  /** The value in words, such as "0.001". */
  readonly text?: (value: number) => string;
  readonly isDisabled?: boolean;
}

export function Slider({ label, value, min, max, step, onChange, onChangeEnd, text, isDisabled }: SliderProps) {
  return (
    <AriaSlider
      className="field slider"
      value={value}
      minValue={min}
      maxValue={max}
      step={step}
      onChange={(next) => onChange(next as number)}
      {...(onChangeEnd && { onChangeEnd: (next: number | number[]) => onChangeEnd(next as number) })}
      isDisabled={isDisabled ?? false}
    >
      <div className="slider-head">
        <Label className="field-label">{label}</Label>
        <span className="number">{text?.(value) ?? String(value)}</span>
      </div>
      <SliderTrack className="slider-track">
        {({ state }) => (
          <>
            <div className="slider-fill" style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
            <SliderThumb className="slider-thumb" />
          </>
        )}
      </SliderTrack>
    </AriaSlider>
  );
}

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

/** A number to type, or to change by arrow keys. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, onChange, min, max, step, isDisabled, isLabelHidden = false, format } = props;
  return (
    <AriaNumberField
      className="field"
      value={value}
      onChange={(next) => {
        if (!Number.isNaN(next)) onChange(next);
      }}
      {...(min !== undefined && { minValue: min })}
      {...(max !== undefined && { maxValue: max })}
      {...(step !== undefined && { step })}
      formatOptions={format ?? { useGrouping: false, maximumFractionDigits: 10 }}
      isDisabled={isDisabled ?? false}
      {...(isLabelHidden && { "aria-label": label })}
    >
      {!isLabelHidden && <Label className="field-label">{label}</Label>}
      <Group className="number-field">
        <Input className="input number" />
      </Group>
    </AriaNumberField>
  );
}

export interface SwitchProps {
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Switch({ children, isSelected, onChange, isDisabled }: SwitchProps) {
  return (
    <AriaSwitch className="switch" isSelected={isSelected} onChange={onChange} isDisabled={isDisabled ?? false}>
      <span className="switch-track" aria-hidden="true">
        <span className="switch-thumb" />
      </span>
      {children}
    </AriaSwitch>
  );
}

export interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly label: string; readonly content: () => ReactNode }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** Pages of which one is seen. Only that one is made. */
export function Tabs<T extends string>({ label, tabs, value, onChange }: TabsProps<T>) {
  return (
    <AriaTabs className="tabs" selectedKey={value} onSelectionChange={(key) => onChange(key as T)}>
      <AriaTabList className="tab-list" aria-label={label}>
        {tabs.map((tab) => (
          <AriaTab key={tab.id} id={tab.id} className="tab">
            {tab.label}
          </AriaTab>
        ))}
      </AriaTabList>
      {tabs.map((tab) => (
        <AriaTabPanel key={tab.id} id={tab.id} className="tab-panel">
          {tab.id === value && tab.content()}
        </AriaTabPanel>
      ))}
    </AriaTabs>
  );
}
