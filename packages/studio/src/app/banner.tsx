import { useState } from "react";
import { Button } from "../components/controls.tsx";
import { Notice, TroubleNotice } from "../components/notice.tsx";
import { useLanguage, useMessages } from "../i18n/language.tsx";
import { count } from "../i18n/numbers.ts";
import { useClient, useStatus } from "../worker/hooks.tsx";
import { useStore } from "../workspace/hooks.tsx";
import type { LinkNews } from "./address.ts";
import { type News, texts, useServices } from "./services.tsx";

/** What must be told above the screen: a lost worker, training that diverged, a link that was not whole, a file. */
export function Banner() {
  const { news } = useServices();
  const present = useStore(news);
  return (
    <>
      <Connection />
      <Diverged />
      <Failed />
      {present !== null && <Told news={present} onClose={() => news.set(null)} />}
    </>
  );
}

function Connection() {
  const m = useMessages(texts);
  const client = useClient();
  const { rescue, news } = useServices();
  const connection = useStore(client.known, (known) => known.connection);
  const trouble = useStore(client.known, (known) => known.trouble);
  if (connection !== "lost" && connection !== "failed") return null;
  const again = (): void => {
    rescue.restore().then(
      (step) => news.set(step > 0 ? { kind: "restored", step } : null),
      () => undefined, // it is lost again, and this banner is still here
    );
  };
  return (
    <div className="banner">
      <Notice kind="warning">
        <strong>{connection === "lost" ? m.lost : m.failed}</strong>
        <pre className="notice-detail" lang="en">
          {trouble?.message}
        </pre>
      </Notice>
      <Button kind="primary" onPress={again}>
        {m.startAgain}
      </Button>
    </div>
  );
}

function Diverged() {
  const m = useMessages(texts);
  const language = useLanguage();
  const divergence = useStatus((status) => status?.divergence ?? null);
  const [closed, setClosed] = useState<unknown>(null);
  if (divergence === null || divergence.message === closed) return null;
  return (
    <div className="banner">
      <Notice kind="warning">
        <strong>{m.diverged(count(divergence.step, language))}</strong>
        <pre className="notice-detail" lang="en">
          {divergence.message}
        </pre>
      </Notice>
      <Button kind="plain" onPress={() => setClosed(divergence.message)}>
        {m.dismiss}
      </Button>
    </div>
  );
}

/** Training that could not begin or go on; it says why until it is started again. */
function Failed() {
  const failure = useStatus((status) => status?.failure ?? null);
  if (failure === null) return null;
  return (
    <div className="banner">
      <TroubleNotice trouble={failure} />
    </div>
  );
}

function Told({ news, onClose }: { news: News; onClose: () => void }) {
  const m = useMessages(texts);
  const isWarning =
    news.kind === "refused" || news.kind === "unknown-file" || (news.kind === "link" && news.news.isDamaged);
  return (
    <div className="banner">
      <Notice kind={isWarning ? "warning" : "note"}>
        <NewsText news={news} />
      </Notice>
      <Button kind="plain" onPress={onClose}>
        {m.dismiss}
      </Button>
    </div>
  );
}

function NewsText({ news }: { news: News }) {
  const m = useMessages(texts);
  const language = useLanguage();
  switch (news.kind) {
    case "link":
      return <LinkText news={news.news} />;
    case "restored":
      return <>{m.restored(count(news.step, language))}</>;
    case "loaded":
      return <>{m.loaded(news.name)}</>;
    case "refused":
      return (
        <>
          <strong>{m.notAModel(news.name)}</strong>
          <pre className="notice-detail" lang="en">
            {news.message}
          </pre>
        </>
      );
    case "unknown-file":
      return <>{m.whatFile}</>;
    case "note":
      return <>{news.text}</>;
  }
}

function LinkText({ news }: { news: LinkNews }) {
  const m = useMessages(texts);
  const language = useLanguage();
  if (news.isDamaged) return <strong>{m.badLink}</strong>;
  const { steps, isOwnModel, isOwnData, isEdited } = news.leftOut;
  return (
    <>
      {news.lacksMnist && <p>{m.noMnist}</p>}
      {(steps > 0 || isOwnModel || isOwnData || isEdited) && <strong>{m.leftOut.lead}</strong>}
      {steps > 0 && <p>{m.leftOut.steps(count(steps, language))}</p>}
      {isOwnModel && <p>{m.leftOut.model}</p>}
      {isOwnData && <p>{m.leftOut.data}</p>}
      {isEdited && <p>{m.leftOut.edits}</p>}
    </>
  );
}
