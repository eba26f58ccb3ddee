import type { Settings } from "../../workspace/settings.ts";
import type { TrainMessages } from "./messages.en.ts";

/** A setting in words: its name, and its value. */
export type SettingRow = readonly [name: string, value: string];

/** The settings as a reader would tell them, in the order of the cards. */
export function settingRows(settings: Settings, m: TrainMessages): readonly SettingRow[] {
  const { hidden, input, optimizer, schedule } = settings;
  const layers = hidden.map(({ units, activation, init, dropout }) =>
    [
      `${units} ${activation}`,
      ...(init === "default" ? [] : [m.inits[init]]),
      ...(dropout > 0 ? [`${m.dropout} ${dropout}`] : []),
    ].join(", "),
  );
  const rule =
    optimizer.kind === "sgd"
      ? [`${m.momentum} ${optimizer.momentum}`, ...(optimizer.nesterov ? [m.nesterov] : [])]
      : [`β₁ ${optimizer.beta1}`, `β₂ ${optimizer.beta2}`];
  const course =
    schedule.kind === "constant"
      ? m.schedules.constant
      : schedule.kind === "step"
        ? `${m.schedules.step}, ${m.everyEpochs} ${schedule.epochs}, ${m.factor} ${schedule.factor}`
        : `${m.schedules.cosine}, ${schedule.epochs}`;
  const encoding =
    input.encoding === "binary" ? [m.encodings.binary] : [m.encodings.intensity, m.scalings[input.scaling]];
  return [
    [m.input, encoding.join(", ")],
    ...layers.map((layer, i): SettingRow => [m.hidden(String(i + 1)), layer]),
    [`${m.output}: ${m.init}`, m.inits[settings.outputInit]],
    [m.loss, m.lossNames[settings.loss]],
    [m.optimizer, [m.optimizers[optimizer.kind], ...rule, `${m.decay} ${optimizer.decay}`].join(", ")],
    [m.rate, String(schedule.rate)],
    [m.schedule, course],
    [m.batch, String(settings.batchSize)],
  ];
}

/** The settings in which two differ, with both values; "–" for a layer that one of them does not have. */
export function differences(
  a: Settings,
  b: Settings,
  m: TrainMessages,
): readonly (readonly [name: string, a: string, b: string])[] {
  const [left, right] = [new Map(settingRows(a, m)), new Map(settingRows(b, m))];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => {
    const [x, y] = [left.get(name) ?? "–", right.get(name) ?? "–"];
    return x === y ? [] : [[name, x, y] as const];
  });
}
