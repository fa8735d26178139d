// Before publishing: who comes in at once, who stays out, and whom the mails would not reach.
import { useEffect, useState } from "react";
import { Icon } from "../page/Icon";
import { call } from "../page/requests";
import { stepOf } from "./graph";
import { titleOf } from "./kinds";
import { kindOf } from "./steps/TimedSources";
import { useStore } from "./store";
import { inside, number, page, say } from "./words";

interface Out {
  code: string;
  words: string;
  count: number;
}

interface Told {
  enters: number;
  out: Out[];
  steps: { step: string; reached: number; hindered: Out[] }[];
  // Whom time leads in within so many days.
  ahead: { days: number; enters: number } | null;
  // After a pause: who goes on, and for how many a step is due at once.
  resumes: { people: number; at_once: number } | null;
  hints: { code: string; words: string }[];
}

export function Outlook({ catchUp }: { catchUp: boolean }) {
  const [told, setTold] = useState<Told | null>(null);
  const [wrong, setWrong] = useState(false);
  const campaign = useStore((state) => state.draft.campaign);
  const atOnce = campaign.sources.some((source) => "segment" in source || "inactive" in source);
  const counted = atOnce || campaign.state === "unpublished" || campaign.sources.some(kindOf);
  useEffect(() => {
    const asking = new AbortController();
    setTold(null);
    setWrong(false);
    if (counted) {
      call<Told>("GET", `campaigns/${page.id}/outlook?catch_up=${catchUp}`, undefined, asking.signal)
        .then(setTold, () => setWrong(!asking.signal.aborted));
    }
    return () => asking.abort();
  }, [catchUp, counted]);
  if (!counted) {
    return null;
  }
  if (!told) {
    return <p class={`meta ${wrong ? "" : "counting"}`} aria-live="polite">{say(wrong ? "not_counted" : "counting")}</p>;
  }
  return (
    <section class="outlook" aria-live="polite" aria-label={say("outlook")}>
      {told.resumes && told.resumes.people > 0 && (
        <p><b class="num">{say("go_on", { count: told.resumes.people })}</b> {told.resumes.at_once > 0 && say("go_on_at_once", { count: told.resumes.at_once })}</p>
      )}
      {atOnce && <p><b class="num">{say("enter_at_once", { count: told.enters })}</b> {told.out.length > 0 && <Reasons of={told.out} word="stay_out" />}</p>}
      {told.ahead && <p><b class="num">{say("enter_ahead", { count: told.ahead.enters, days: told.ahead.days })}</b></p>}
      {told.hints.map((hint) => <div class="note amber" key={hint.code}><Icon name="alert-triangle" /><span>{hint.words}</span></div>)}
      {told.steps.length > 0 && <ul class="plain">{told.steps.map((step) => <Step key={step.step} step={step} />)}</ul>}
    </section>
  );
}

function Step({ step }: { step: Told["steps"][number] }) {
  const title = useStore((state) => titleOf(stepOf(state.doc.graph, step.step), step.step, state.draft.titles, state.offers));
  return (
    <li>
      <Icon name="mail" />
      <span class="grow">
        <b>{title}</b>
        <span class="small quiet">{say("would_reach", { count: step.reached })}</span>
        {step.hindered.length > 0 && <Reasons of={step.hindered} word="not_reached" />}
      </span>
    </li>
  );
}

function Reasons({ of, word }: { of: Out[]; word: string }) {
  const list = of.map((one) => `${number(one.count)} ${inside(one.words)}`).join(", ");
  return <span class="small look">{say(word, { reasons: list })}</span>;
}
