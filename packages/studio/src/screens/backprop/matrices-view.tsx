import { Fragment, useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import type { CellView } from "./cells.ts";
import { cellAt, layoutOf, type Mark, moved, paintMatrix, sizeOf } from "./draw-matrix.ts";
import type { Matrix, MatrixRole } from "./matrices.ts";
import { EVERY_MS, type Stepper, useStepper } from "./stepper.tsx";
import { matrixSymbol, operatorsOf } from "./symbols.ts";
import type { Op } from "./tape.ts";
import { texts } from "./texts.ts";

type Axis = "unit" | "index" | "focus" | null;

/** What the rows and columns of a matrix count. */
function axesOf(role: MatrixRole, { op, call }: Stepper): readonly [rows: Axis, columns: Axis] {
  const own: Axis = call !== null && call.linear === null ? "index" : "unit";
  switch (role) {
    case "weights":
    case "weightGrad":
    case "change":
    case "newWeights":
      return ["unit", "index"];
    case "weightsT":
      return ["index", "unit"];
    case "inputs":
      return ["focus", "index"];
    case "sumGrad":
      return op.kind === "weights" ? ["unit", "focus"] : ["unit", null];
    case "input":
      return [call?.kind === "linear" ? "index" : own, null];
    case "inputGrad":
      return [op.kind === "back" ? "index" : own, null];
    case "activation":
    case "bias":
    case "output":
    case "outputGrad":
    case "probability":
    case "same":
    case "singleLoss":
    case "slope":
    case "sum":
    case "target":
      return [own, null];
  }
}

/** What is marked in a matrix: what takes part in the number that is looked at. */
function markOf(role: MatrixRole, matrix: Matrix, stepper: Stepper, cell: CellView): Mark {
  const { op, call, focus } = stepper;
  const isForward = op.kind === "forward" && call?.kind === "linear";
  if (isForward && role === "weights") return { row: cell.unit, column: null };
  if (isForward && role === "input") return { row: null, column: null };
  if (op.kind === "back" && role === "weightsT") return { row: cell.index, column: null };
  if (op.kind === "back" && role === "sumGrad") return { row: null, column: null };
  if (op.kind === "weights" && role === "sumGrad") return { row: cell.unit, column: null };
  if (op.kind === "weights" && role === "inputs") {
    return cell.index >= matrix.columns ? { row: null, column: null } : { row: null, column: cell.index };
  }
  const place = { unit: cell.unit, index: cell.index, focus };
  const [rows, columns] = axesOf(role, stepper);
  return { row: rows === null ? null : place[rows], column: columns === null ? 0 : place[columns] };
}

/** The matrices of the operation, as the equation that they are. */
export function MatricesView() {
  const m = useMessages(texts).stage;
  const stepper = useStepper();
  const { question, at, focus, tape } = stepper;
  const { data, trouble } = useLive("backprop/matrices", { question, at, focus }, { everyMs: EVERY_MS });
  // While the next operation's matrices are under way, those of the one before stay.
  const op = tape.tape.find(({ id }) => id === data?.id);
  const shown = useMemo(() => {
    if (data === undefined || op?.kind !== "update") return data?.matrices;
    const [weights, grad, change, after] = data.matrices;
    return [grad!, change!, weights!, after!]; // the gradient makes the change, which is added to the weights
  }, [data, op?.kind]);
  if (trouble !== undefined) return <TroubleNotice trouble={trouble} />;
  if (shown === undefined || op === undefined) return null;
  const roles = shown.map(({ role }) => role);
  const operators = operatorsOf(op, roles, tape.calls);
  return (
    <>
      <div className="backprop-equation">
        {shown.map((matrix, i) => (
          <Fragment key={`${op.id} ${matrix.role}`}>
            {i > 0 && (
              <span className="backprop-operator" aria-hidden="true">
                {operators[i - 1]}
              </span>
            )}
            <MatrixPicture matrix={matrix} op={op} count={shown.length} />
          </Fragment>
        ))}
      </div>
      <p className="backprop-note">{m.legend}</p>
    </>
  );
}

function MatrixPicture({ matrix, op, count: others }: { matrix: Matrix; op: Op; count: number }) {
  const m = useMessages(texts).stage;
  const language = useLanguage();
  const now = useStepper();
  const stepper = useMemo<Stepper>(
    () => ({ ...now, op, call: op.call === null ? null : now.tape.calls[op.call]! }),
    [now, op],
  );
  const isPhone = useIsPhone();
  const { tape, choose } = stepper;
  const cell = stepper.cell?.id === op.id ? stepper.cell : undefined;
  const layout = useMemo(() => {
    const isWide = matrix.columns > 40;
    const isVector = matrix.columns === 1;
    const width = isVector
      ? matrix.width === undefined
        ? 132
        : 168
      : isPhone
        ? 300
        : others > 3
          ? op.kind === "update"
            ? 178
            : 300
          : 300;
    return layoutOf(matrix, { width, height: isWide || isVector ? 168 : 240 });
  }, [matrix, isPhone, others, op.kind]);
  const mark = cell === undefined ? null : markOf(matrix.role, matrix, stepper, cell);
  const markKey = mark === null ? "" : `${mark.row} ${mark.column}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `markKey` is what the mark is
  const paint = useMemo(() => paintMatrix(matrix, layout, mark), [matrix, layout, markKey]);
  const symbol = matrixSymbol(matrix.role, op, tape.calls);
  const size = `${count(matrix.rows, language)} × ${count(matrix.columns, language)}`;
  const [rowAxis, columnAxis] = axesOf(matrix.role, stepper);
  const take = ([row, column]: readonly [number, number]): void =>
    choose({
      ...(rowAxis !== null && { [rowAxis]: row }),
      ...(columnAxis !== null && { [columnAxis]: column }),
    });
  const place = (): readonly [number, number] => {
    const now = { unit: cell?.unit ?? 0, index: cell?.index ?? 0, focus: stepper.focus };
    const cut = (value: number, most: number): number => Math.max(0, Math.min(most - 1, value));
    return [
      rowAxis === null ? 0 : cut(now[rowAxis], matrix.rows),
      columnAxis === null ? 0 : cut(now[columnAxis], matrix.columns),
    ];
  };
  const { width, height } = sizeOf(layout);
  return (
    <div className="backprop-matrix">
      <div className="backprop-matrix-picture" style={{ width }}>
        <Canvas
          label={m.matrixLabel(`${symbol}, ${m.roles[matrix.role]}`, size)}
          height={height}
          paint={paint}
          onPoint={({ x, y }) => take(cellAt(matrix, layout, x, y))}
          onKey={(event) => {
            const next = moved(matrix, layout, place(), event.key);
            if (next === undefined) return;
            event.preventDefault();
            take(next);
          }}
        />
      </div>
      <b className="backprop-symbol">{symbol}</b>
      <span className="backprop-matrix-words">
        {m.roles[matrix.role]}
        <br />
        <span className="number">{layout.isFolded ? `${size}, ${m.folded}` : size}</span>
      </span>
    </div>
  );
}
