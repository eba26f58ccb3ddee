import { type KeyboardEvent, useCallback, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, signed } from "../../i18n/numbers.ts";
import { drawProduct, pictureHeight, placeAt } from "./draw-picture.ts";
import type { Neuron } from "./neuron.ts";
import { pictureSide, useInput, useInputName, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";
import { useWidth } from "./use-width.ts";

/** Weights, inputs and their products as pictures; a place can be pointed at. */
export function PictureView({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const { info } = useScope();
  const [input, setInput] = useInput(neuron);
  const [hovered, setHovered] = useState<number | null>(null);
  const [place, width] = useWidth();
  const { weights, inputs, products } = neuron;
  const n = products.length;
  const columns = pictureSide(info, neuron) ?? Math.ceil(Math.sqrt(n));
  const paint = useCallback(
    (brush: Brush) => {
      const titles = [m.picture.weights, m.picture.inputs, m.picture.products] as const;
      drawProduct(brush, { weights, inputs, products, columns, selected: input, titles });
    },
    [weights, inputs, products, columns, input, m],
  );
  const shown = hovered !== null && hovered < n ? hovered : (input ?? 0);
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (input ?? 0) + step;
    if (next >= 0 && next < n) setInput(next);
  };
  const [x, w, product] = [fixed(inputs[shown]!, 3), signed(weights[shown]!, 4), signed(products[shown]!, 4)];
  return (
    <div ref={place}>
      {width > 0 && (
        <Canvas
          label={m.picture.label(nameOf(neuron, shown), x, w, product)}
          height={Math.min(420, pictureHeight(n, columns, width))}
          paint={paint}
          onPoint={(point) => {
            const found = placeAt(n, columns, point);
            if (found !== null) setInput(found);
          }}
          onHover={(point) => {
            const found = point && placeAt(n, columns, point);
            if (found !== hovered) setHovered(found);
          }}
          onKey={onKey}
        />
      )}
      <p className="microscope-line number" aria-live="polite">
        {m.picture.at(nameOf(neuron, shown))} w · x = {w} × {x} = <b>{product}</b>
      </p>
    </div>
  );
}
