import { Button } from "../../components/controls.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { significant } from "../../i18n/numbers.ts";
import { useInfo, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection } from "../../workspace/hooks.tsx";
import { CellFigure, RuleFigure } from "./cell-figure.tsx";
import { NoQuestion, QuestionBar } from "./question-bar.tsx";
import { RateFigure } from "./rate-figure.tsx";
import "./screen.css";
import { StageFigure } from "./stage-figure.tsx";
import { StepperProvider, useQuestion, useStepper } from "./stepper.tsx";
import { Tape } from "./tape-figure.tsx";
import { texts } from "./texts.ts";
import { TwoWeightsFigure } from "./two-figure.tsx";
import { VerifyFigure } from "./verify-figure.tsx";

/** One step of training on the user's own network and example, taken apart. */
export function BackpropScreen() {
  const m = useMessages(texts);
  return (
    <div className="screen screen-2 backprop-screen">
      <h1 className="screen-title">{m.title}</h1>
      <p className="screen-lead">{m.lead}</p>
      <section className="figure wide backprop-head" aria-label={m.tape.title}>
        <div className="backprop-head-row">
          <QuestionBar />
          <Answer />
        </div>
        <StepperProvider fallback={(trouble) => <Nothing trouble={trouble} />}>
          <Tape />
        </StepperProvider>
      </section>
      <StepperProvider fallback={() => null}>
        <StageFigure />
        <div className="wide backprop-detail">
          <RuleFigure />
          <CellFigure />
        </div>
        <VerifyFigure />
        <RateFigure />
      </StepperProvider>
      <TwoWeightsFigure />
    </div>
  );
}

/** The right answer, and the loss as it is. */
function Answer() {
  return (
    <StepperProvider fallback={() => null}>
      <AnswerWords />
    </StepperProvider>
  );
}

function AnswerWords() {
  const m = useMessages(texts).question;
  const info = useInfo();
  const language = useLanguage();
  const { tape, question } = useStepper();
  const { example } = question;
  const { data } = useLive("core/example", { example });
  const target = question.answer ?? data?.target;
  const names = info?.model.classNames ?? [];
  const word =
    target === null || target === undefined
      ? null
      : typeof target === "number"
        ? (names[target] ?? String(target))
        : target.map((x) => significant(x, 4)).join(", ");
  return (
    <dl className="backprop-answer" lang={language}>
      {tape.batch === 1 && word !== null && (
        <div>
          <dt>{m.target}</dt>
          <dd>{word}</dd>
        </div>
      )}
      <div>
        <dt>{m.lossNow}</dt>
        <dd className="number">{significant(tape.loss, 4)}</dd>
      </div>
    </dl>
  );
}

/** Why there is no tape. */
function Nothing({ trouble }: { trouble: Trouble | undefined }) {
  const m = useMessages(texts);
  const question = useQuestion();
  const [, select] = useSelection();
  if (trouble !== undefined) {
    return (
      <div className="stack">
        <TroubleNotice trouble={trouble} />
        <Notice>
          <Button onPress={() => select({ example: { from: "validation", index: 0 }, layer: null })}>
            {m.question.first}
          </Button>
        </Notice>
      </div>
    );
  }
  return question === null ? <NoQuestion /> : <p className="muted">{m.opening}</p>;
}
