// What is asked before it happens: publishing, unpublishing, and two people at the same campaign.
import { useEffect, useRef, useState } from "react";
import { call, reasons } from "../page/requests";
import { select } from "./editing";
import { final, stepOf } from "./graph";
import { Icon } from "../page/Icon";
import { decided, Inside, sentOf, type Fate } from "./Inside";
import { titleOf } from "./kinds";
import { Outlook } from "./Outlook";
import * as saving from "./saving";
import * as store from "./store";
import { useStore } from "./store";
import type { Campaign, Draft, Problem } from "./types";
import { page, say, when } from "./words";

interface Question {
  title: string;
  children: preact.ComponentChildren;
  // Without it the question must be answered.
  onClose?: () => void;
  wide?: boolean;
}

export function Dialog({ title, children, onClose, wide }: Question) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    if (dialog) {
      anchor(dialog);
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={wide ? "wide" : ""}
      aria-label={title}
      onCancel={(event) => (onClose ? undefined : event.preventDefault())}
      onClose={() => (onClose ? onClose() : box.current?.isConnected && box.current.showModal())}
    >
      <header><h2>{title}</h2></header>
      {children}
    </dialog>
  );
}

/** Keep its foot where it is, whatever is told in it later: a button that moves away is missed. */
function anchor(dialog: HTMLDialogElement): void {
  const below = (window.innerHeight - dialog.getBoundingClientRect().bottom) / window.innerHeight;
  dialog.style.setProperty("--below", `${(100 * below).toFixed(2)}dvh`);
  dialog.classList.add("anchored");
}

/** Why something failed, beside the buttons that would try it again. */
function Wrong({ of }: { of: string[] }) {
  return (
    <div class="wrongs" role="alert">
      {of.map((message) => <div class="note red" key={message}><Icon name="alert-circle" /><span>{message}</span></div>)}
    </div>
  );
}

/** Carry out what a button says, once at a time; what fails is told. */
function useAttempt(): { wrong: string[]; working: boolean; attempt: (act: () => Promise<void> | void) => Promise<void> } {
  const [wrong, setWrong] = useState<string[]>([]);
  const [working, setWorking] = useState(false);
  const attempt = async (act: () => Promise<void> | void) => {
    setWorking(true);
    setWrong([]);
    try {
      await act();
    } catch (error) {
      setWrong(reasons(error));
    } finally {
      setWorking(false);
    }
  };
  return { wrong, working, attempt };
}

/** Take over what was done to the campaign; if the draft cannot be read now, what is known of it stays. */
async function reread(campaign: Campaign): Promise<void> {
  const { draft } = store.get();
  store.set({ draft: { ...draft, campaign }, saving: "saved" });
  const read = await call<Draft>("GET", `campaigns/${page.id}/draft`).catch(() => null);
  if (read) {
    store.set({ draft: read });
  }
}

export function Publish({ onClose }: { onClose: () => void }) {
  const draft = useStore((state) => state.draft);
  const [catchUp, setCatchUp] = useState(false);
  const [fate, setFate] = useState<Fate | null>(null);
  const [note, setNote] = useState("");
  const [same, setSame] = useState(false);
  const { wrong, working, attempt } = useAttempt();
  const { campaign, problems } = draft;
  // Whoever wants to publish wants to know all of it.
  useEffect(() => store.set({ fresh: null }), []);
  const version = (campaign.published_version ?? 0) + 1;
  const first = campaign.published_version === null;
  const publish = async () => {
    const asked = { catch_up: catchUp, version: campaign.version, note, ...(fate ? sentOf(fate) : {}) };
    setSame(false);
    const answer = await call<Campaign & { unchanged: boolean }>("POST", `campaigns/${page.id}/publish`, asked);
    await reread(answer);
    // Somebody else was quicker: what was written and chosen stays to be read.
    if (answer.unchanged) {
      setSame(true);
      return;
    }
    // Nobody is asking anything of the draft that was.
    if (!store.get().simulation?.told) {
      store.set({ simulation: null });
    }
    store.announce(say("published", { version: answer.published_version ?? version }));
    onClose();
  };
  if (problems.length) {
    return (
      <Dialog title={say("not_yet", { count: problems.length })} onClose={onClose}>
        <div class="inside fades"><ul class="plain problems">
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
    <Dialog title={say("publish_question", { version })} onClose={onClose} wide={!first}>
      <div class="inside stack fades">
        <Consequences />
        {!first && <Inside version={version} fate={fate} choose={setFate} />}
        <Outlook catchUp={catchUp} />
        {campaign.state === "unpublished" && (
          <label class="form-check">
            <input type="checkbox" class="form-check-input" checked={catchUp} onChange={(event) => setCatchUp(event.currentTarget.checked)} />
            <span class="form-check-label told">{say("catch_up")}<span class="small quiet">{say("catch_up_help")}</span></span>
          </label>
        )}
        <label class="form-label" for="publish-note">{say("what_is_new")}
          <input id="publish-note" class="form-control" maxLength={500} value={note} placeholder={say("what_is_new_help")} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
      </div>
      <Wrong of={same ? [say("nothing_to_publish")] : wrong} />
      <footer>
        <button type="button" class="btn" data-first onClick={onClose}>{say("cancel")}</button>
        <button type="button" class="btn btn-primary" disabled={working || !(first || decided(fate))} onClick={() => void attempt(publish)}>{say("publish_now", { version })}</button>
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
  const deletes = useStore((state) => state.doc.graph.nodes.some((step) => final.has(step.key ?? "")));
  const { wrong, working, attempt } = useAttempt();
  const unpublish = async () => {
    await reread(await call<Campaign>("POST", `campaigns/${page.id}/unpublish`, {}));
    store.announce(say("unpublished"));
    onClose();
  };
  return (
    <Dialog title={say("unpublish_question")} onClose={onClose}>
      <div class="inside stack fades">
        <p>{active || page.only_own ? say("unpublish_people", { count: active }) : say("unpublish_nobody")}</p>
        {deletes && <p>{say("unpublish_keeps")}</p>}
        {page.only_own && <p>{say("others_too")}</p>}
        <p>{say("unpublish_again")}</p>
      </div>
      <Wrong of={wrong} />
      <footer>
        <button type="button" class="btn" data-first onClick={onClose}>{say("cancel")}</button>
        <button type="button" class="btn btn-danger" disabled={working} onClick={() => void attempt(unpublish)}>{say("unpublish")}</button>
      </footer>
    </Dialog>
  );
}

export function Conflict() {
  const theirs = useStore((state) => state.theirs);
  const name = useStore((state) => state.doc.name);
  const { wrong, working, attempt } = useAttempt();
  if (!theirs) {
    return null;
  }
  return (
    <Dialog title={say("conflict")}>
      <div class="inside stack fades">
        <p>{say("conflict_facts", { when: when(theirs.campaign.updated_at), count: theirs.campaign.graph.nodes.length })}</p>
        <p>{say("conflict_safe")}</p>
      </div>
      <Wrong of={wrong} />
      <footer class="answers">
        {page.may.create && (
          <button type="button" class="btn" disabled={working} onClick={() => void attempt(() => saving.keepAsCopy(say("my_copy", { name })))}>{say("keep_as_copy")}</button>
        )}
        <button type="button" class="btn danger" disabled={working} onClick={() => void attempt(saving.overwrite)}>{say("overwrite")}</button>
        <button type="button" class="btn btn-primary" data-first disabled={working} onClick={() => void attempt(saving.takeTheirs)}>{say("see_theirs")}</button>
      </footer>
    </Dialog>
  );
}
