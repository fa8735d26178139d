// What is asked before it happens: publishing, unpublishing, and two people at the same campaign.
import { useEffect, useRef, useState } from "react";
import { call, Refusal } from "../page/requests";
import { select } from "./editing";
import { stepOf } from "./graph";
import { Icon } from "../page/Icon";
import { decided, Inside, sentOf, type Fate } from "./Inside";
import { titleOf } from "./kinds";
import { Outlook } from "./Outlook";
import * as saving from "./saving";
import * as store from "./store";
import { useStore } from "./store";
import type { Draft, Problem } from "./types";
import { page, say, when } from "./words";

interface Question {
  title: string;
  children: preact.ComponentChildren;
  // Without it the question must be answered.
  onClose?: () => void;
}

export function Dialog({ title, children, onClose }: Question) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      aria-label={title}
      onCancel={(event) => (onClose ? undefined : event.preventDefault())}
      onClose={() => (onClose ? onClose() : box.current?.isConnected && box.current.showModal())}
    >
      <header><h2>{title}</h2></header>
      {children}
    </dialog>
  );
}

async function reread(): Promise<void> {
  const draft = await call<Draft>("GET", `campaigns/${page.id}/draft`);
  store.set({ draft, saving: "saved" });
}

export function Publish({ onClose }: { onClose: () => void }) {
  const draft = useStore((state) => state.draft);
  const [catchUp, setCatchUp] = useState(false);
  const [fate, setFate] = useState<Fate | null>(null);
  const [note, setNote] = useState("");
  const [working, setWorking] = useState(false);
  const [wrong, setWrong] = useState<string[]>([]);
  const { campaign, problems } = draft;
  // Whoever wants to publish wants to know all of it.
  useEffect(() => store.set({ fresh: null }), []);
  const version = (campaign.published_version ?? 0) + 1;
  const first = campaign.published_version === null;
  const publish = async () => {
    setWorking(true);
    try {
      await call("POST", `campaigns/${page.id}/publish`, { catch_up: catchUp, version: campaign.version, note, ...(fate ? sentOf(fate) : {}) });
      await reread();
      // Nobody is asking anything of the draft that was.
      if (!store.get().simulation?.told) {
        store.set({ simulation: null });
      }
      store.announce(say("published", { version }));
      onClose();
    } catch (error) {
      setWrong(error instanceof Refusal ? (error.body.errors ?? []).map((one) => one.message) : [say("saving_offline")]);
    } finally {
      setWorking(false);
    }
  };
  if (problems.length) {
    return (
      <Dialog title={say("not_yet", { count: problems.length })} onClose={onClose}>
        <div class="inside"><ul class="plain problems">
          {problems.map((problem, place) => (
            <li key={place}>
              <button type="button" class="linkish" data-first={place === 0 ? "" : undefined} onClick={() => {
                onClose();
                store.set({ mode: "build" });
                select([problem.step || "start"]);
              }}>
                <Icon name="alert-triangle" /> <Named step={problem.step} /> <Setting problem={problem} />{problem.message}
              </button>
            </li>
          ))}
        </ul></div>
        <footer><button type="button" class="btn" onClick={onClose}>{say("close")}</button></footer>
      </Dialog>
    );
  }
  return (
    <Dialog title={say("publish_question", { version })} onClose={onClose}>
      <div class="inside stack">
        {wrong.map((message) => <div class="note red" role="alert" key={message}><Icon name="alert-circle" /><span>{message}</span></div>)}
        <Consequences />
        {!first && <Inside version={version} fate={fate} choose={setFate} />}
        <Outlook catchUp={catchUp} />
        {campaign.state === "unpublished" && (
          <label class="form-check">
            <input type="checkbox" class="form-check-input" checked={catchUp} onChange={(event) => setCatchUp(event.currentTarget.checked)} />
            <span class="form-check-label">{say("catch_up")}</span>
          </label>
        )}
        <label class="form-label" for="publish-note">{say("what_is_new")}
          <input id="publish-note" class="form-control" maxLength={500} value={note} placeholder={say("what_is_new_help")} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
      </div>
      <footer>
        <button type="button" class="btn" data-first onClick={onClose}>{say("cancel")}</button>
        <button type="button" class="btn btn-primary" disabled={working || !(first || decided(fate))} onClick={() => void publish()}>{say("publish_now", { version })}</button>
      </footer>
    </Dialog>
  );
}

function Consequences() {
  const { campaign, sources } = useStore((state) => state.draft);
  const offers = useStore((state) => state.offers);
  const hidden = useStore((state) => state.doc.graph.nodes).filter((step) => offers.events.some((event) => event.key === step.key && event.needs_consent));
  const unseen = hidden.map((step) => <li key={step.id} class="look"><Named step={step.id} /> {say("only_who_agreed")}</li>);
  if (campaign.published_version === null) {
    return (
      <ul class="consequences">
        <li>{say("first_sources", { sources: sources.join(", ") })}</li>
        {campaign.sources.some((source) => "segment" in source) && <li>{say("first_people")}</li>}
        {unseen}
      </ul>
    );
  }
  if (campaign.state !== "unpublished" && !unseen.length) {
    return null;
  }
  return (
    <ul class="consequences">
      {campaign.state === "unpublished" && <li>{say("clock_stood_still")}</li>}
      {unseen}
    </ul>
  );
}

function Named({ step }: { step: string }) {
  const name = useStore((state) => (step ? titleOf(stepOf(state.doc.graph, step), step, state.draft.titles, state.offers) : ""));
  return name ? <b>{name}:</b> : null;
}

/** Which setting of an action a problem is about: “This field is required” says it of any. */
function Setting({ problem }: { problem: Problem }) {
  const label = useStore((state) => {
    const key = problem.step ? stepOf(state.doc.graph, problem.step)?.key : undefined;
    const fields = state.offers.actions.find((offer) => offer.key === key)?.fields ?? [];
    return fields.find((field) => field.name === problem.place.split(".")[0])?.label;
  });
  return label ? <>{label} – </> : null;
}

export function Unpublish({ onClose }: { onClose: () => void }) {
  const active = useStore((state) => state.figures?.active ?? 0);
  const [wrong, setWrong] = useState("");
  const act = async () => {
    try {
      await call("POST", `campaigns/${page.id}/unpublish`, {});
      await reread();
      store.announce(say("unpublished"));
      onClose();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title={say("unpublish_question")} onClose={onClose}>
      <div class="inside stack">
        {wrong && <div class="note red" role="alert"><Icon name="alert-circle" /><span>{wrong}</span></div>}
        <p>{say("unpublish_people", { count: active })}</p>
        {page.only_own && <p>{say("others_too")}</p>}
        <p>{say("unpublish_again")}</p>
      </div>
      <footer>
        <button type="button" class="btn" data-first onClick={onClose}>{say("cancel")}</button>
        <button type="button" class="btn btn-danger" onClick={() => void act()}>{say("unpublish")}</button>
      </footer>
    </Dialog>
  );
}

export function Conflict() {
  const theirs = useStore((state) => state.theirs);
  const name = useStore((state) => state.doc.name);
  const [wrong, setWrong] = useState("");
  if (!theirs) {
    return null;
  }
  const attempt = (act: () => Promise<void> | void) => async () => {
    try {
      await act();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title={say("conflict")}>
      <div class="inside stack">
        {wrong && <div class="note red" role="alert"><Icon name="alert-circle" /><span>{wrong}</span></div>}
        <p>{say("conflict_facts", { when: when(theirs.campaign.updated_at), count: theirs.campaign.graph.nodes.length })}</p>
        <p>{say("conflict_safe")}</p>
      </div>
      <footer class="answers">
        {page.may.create && (
          <button type="button" class="btn" onClick={attempt(() => saving.keepAsCopy(say("my_copy", { name })))}>{say("keep_as_copy")}</button>
        )}
        <button type="button" class="btn danger" onClick={attempt(saving.overwrite)}>{say("overwrite")}</button>
        <button type="button" class="btn btn-primary" data-first onClick={attempt(saving.takeTheirs)}>{say("see_theirs")}</button>
      </footer>
    </Dialog>
  );
}
