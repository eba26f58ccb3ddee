import { Slider as AriaSlider, Label, SliderThumb, SliderTrack } from "react-aria-components";

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
