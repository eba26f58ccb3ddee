import { useEffect, useState } from "react";
import { Button, Select, Switch } from "../../components/controls.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useConfigure } from "../../worker/hooks.tsx";
import type { Info, Trouble } from "../../worker/protocol.ts";
import { useView } from "../../workspace/hooks.tsx";
import type { Settings } from "../../workspace/settings.ts";
import { CardTerms } from "./layer-cards.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { StopCard } from "./stop-card.tsx";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";

/** The network and how it learns: what is changed here is taken over at once. */
export function Setup({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const configure = useConfigure();
  const isPhone = useIsPhone();
  const [{ keep, isSetupOpen }, setView] = useView("train", trainView);
  const [taken, setTaken] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);

  const change = async (settings: Settings, what: string): Promise<void> => {
    setTrouble(undefined);
    setTaken(null);
    const isReshaped = JSON.stringify(settings.hidden) !== JSON.stringify(info.settings.hidden);
    try {
      if (keep && isReshaped) await client.request("train/remember");
      const outcome = await configure(settings, what);
      if (keep && isReshaped && outcome === "rebuilt") setTaken(await client.request("train/takeOver"));
    } catch (error) {
      setTrouble(troubleIn(error));
    }
  };
  const keepChoice = (
    <>
      <Switch isSelected={keep} onChange={(next) => setView({ keep: next })}>
        {m.keep}
      </Switch>
      {taken !== null && <p className="muted train-note">{m.kept(count(taken, language))}</p>}
    </>
  );
  const isOpen = !isPhone || isSetupOpen;
  return (
    <section className="train-setup" aria-label={m.setup}>
      {isPhone && (
        <Button className="train-setup-toggle" onPress={() => setView({ isSetupOpen: !isSetupOpen })}>
          {isSetupOpen ? m.hideSetup : m.showSetup}
        </Button>
      )}
      {trouble && <TroubleNotice trouble={trouble} />}
      {isOpen && (
        <>
          <SettingsForm
            settings={info.settings}
            data={info.data}
            onChange={(settings, what) => void change(settings, what)}
            dataChoice={<DataChoice info={info} />}
            keepChoice={keepChoice}
          />
          <StopCard />
          <ul className="train-effects muted">
            <li>{m.effects.now}</li>
            <li>{m.effects.fresh}</li>
            <li>{m.effects.start}</li>
          </ul>
          <CardTerms />
        </>
      )}
    </section>
  );
}

/** The sample or all digits, where the server has all. */
function DataChoice({ info }: { info: Info }) {
  const m = useMessages(texts);
  const client = useClient();
  const [hasMnist, setMnist] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const { source } = info.data;
  useEffect(() => {
    let isWanted = true;
    client.request("core/served").then(
      ({ mnist }) => isWanted && setMnist(mnist),
      () => undefined, // no server beside static files: there is only the sample
    );
    return () => {
      isWanted = false;
    };
  }, [client]);
  if (!hasMnist || (source !== "digits" && source !== "mnist")) return null;
  return (
    <>
      <Select
        label={m.data}
        choices={(["digits", "mnist"] as const).map((id) => ({ id, label: m.dataChoices[id] }))}
        value={source}
        onChange={(next) => {
          setTrouble(undefined);
          client.request("core/digits", { all: next === "mnist" }).catch((error) => setTrouble(troubleIn(error)));
        }}
      />
      {trouble && <TroubleNotice trouble={trouble} />}
    </>
  );
}
