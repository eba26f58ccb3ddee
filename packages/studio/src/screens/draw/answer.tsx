import { Button } from "../../components/controls.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { percent } from "../../i18n/numbers.ts";
import { useExample, useLive, useStatus } from "../../worker/hooks.tsx";
import { useSelection, useStore } from "../../workspace/hooks.tsx";
import { useClassNames, useDesk, useLooked } from "./desk.tsx";
import { texts } from "./texts.ts";

/** Below this share of the digits that lie as far away, a drawing is called unlike them. */
const STRANGE = 0.04;

/** What the network says, in a sentence; or that there is nothing to say. */
export function Answer() {
  const m = useMessages(texts);
  const names = useClassNames();
  const { pad } = useDesk();
  const emptiness = useStore(pad.state, (state) => state.emptiness);
  const trouble = useLooked((looked) => looked.trouble);
  const predicted = useLooked(({ look }) => look?.predicted ?? null);
  const target = useLooked(({ look }) => look?.target ?? null);
  const isOpen = useStatus((status) => status !== undefined);
  const [{ example: chosen }, select] = useSelection();

  if (trouble !== undefined) {
    return (
      <>
        <TroubleNotice trouble={trouble} />
        {chosen.from !== "drawing" && chosen.index > 0 && (
          <Button onPress={() => select({ example: { ...chosen, index: 0 } })}>{m.answer.first}</Button>
        )}
      </>
    );
  }
  if (predicted === null) {
    const words = !isOpen || emptiness === null ? m.answer.opening : m.answer[emptiness];
    return (
      <p className="draw-answer" role="status">
        {words}
      </p>
    );
  }
  const name = names[predicted] ?? String(predicted);
  return (
    <>
      <p className="draw-answer" role="status">
        <span className="draw-answer-class">{name}</span>
        <span>
          {m.answer.says(name)}{" "}
          {target !== null && (target === predicted ? m.answer.right : m.answer.wrong(names[target] ?? String(target)))}
        </span>
      </p>
      <Strange />
    </>
  );
}

/** A network answers to anything. This says when a drawing is unlike all digits that it was trained on. */
function Strange() {
  const m = useMessages(texts);
  const example = useExample();
  const { data } = useLive("draw/strangeness", example?.from === "drawing" ? { example } : null, { everyMs: 1000 });
  if (data === undefined || data.share >= STRANGE) return null;
  return <Notice kind="warning">{m.answer.strange(percent(data.share, 0))}</Notice>;
}
