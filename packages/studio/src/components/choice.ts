export interface Choice<T extends string> {
  readonly id: T;
  readonly label: string;
}

/** What `Segments` and `Select` take. */
export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly isDisabled?: boolean;
  /** The label is for screen readers alone. */
  readonly isLabelHidden?: boolean;
}
