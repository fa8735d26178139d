// Before publishing: what becomes of those on the way, step by step.
import { useEffect, useState } from "react";
import { Icon } from "../page/Icon";
import { call } from "../page/requests";
import { titleOf } from "./kinds";
import { useStore } from "./store";
import { number, page, say } from "./words";

interface Standing {
  step: string;
  kind: string;
  title: string;
  state: "same" | "changed" | "gone";
  versions: number[];
  waiting: number;
  failed: number;
  anew: boolean;
}

interface Running {
  number: number;
  active: number;
}

/** What is chosen: by step where its people go; "" is not chosen yet, null ends their way. */
export interface Fate {
  finish: boolean;
  moves: Record<string, string | null>;
}

const ENDS = "/ends";

const FINISH: Fate = { finish: true, moves: {} };

/** Say whether everybody's step has been chosen; as long as nobody knows who is there (null), it is not. */
export function decided(fate: Fate | null): fate is Fate {
  return fate !== null && (fate.finish || !Object.values(fate.moves).includes(""));
}

export function sentOf(fate: Fate): { in_flight: string; moves?: Record<string, string | null> } {
  return fate.finish ? { in_flight: "finish" } : { in_flight: "move", moves: fate.moves };
}

export function Inside({ version, fate, choose }: { version: number; fate: Fate | null; choose: (fate: Fate) => void }) {
  const [told, setTold] = useState<{ versions: Running[]; steps: Standing[] } | null>(null);
  const [wrong, setWrong] = useState(false);
  const at = (step: Standing) => step.waiting + step.failed;
  useEffect(() => {
    const asking = new AbortController();
    call<{ versions: Running[]; steps: Standing[] }>("GET", `campaigns/${page.id}/in-flight`, undefined, asking.signal).then((answer) => {
      setTold(answer);
      const open = answer.steps.filter((step) => step.state === "gone" && at(step) > 0);
      choose({ finish: false, moves: Object.fromEntries(open.map((step) => [step.step, ""])) });
    }, () => {
      if (!asking.signal.aborted) {
        setWrong(true);
        // Nobody's way ends because they could not be counted.
        choose(FINISH);
      }
    });
    return () => asking.abort();
  }, []);
  if (!fate || (!told && !wrong)) {
    return <p class="meta counting tall" aria-live="polite">{say("inside_counting")}</p>;
  }
  const peopled = (told?.versions ?? []).filter((one) => one.active > 0);
  const active = peopled.reduce((sum, one) => sum + one.active, 0);
  if (told && !active && !page.only_own) {
    return <p class="meta">{say("nobody_in_flight")}</p>;
  }
  const rows = (told?.steps ?? []).filter((step) => step.state !== "same" && (at(step) > 0 || page.only_own));
  const staying = (told?.steps ?? []).filter((step) => step.state === "same").reduce((sum, step) => sum + at(step), 0);
  const open = Object.values(fate.moves).filter((target) => target === "").length;
  return (
    <fieldset class="inside-fate">
      <legend>{!told ? say("inside_question_uncounted") : active ? say("inside_question", { count: active }) : say("none_of_mine_in_flight")}</legend>
      {!told && <p class="small quiet" role="status">{say("inside_not_counted")}</p>}
      {page.only_own && <p class="small quiet">{say("others_too")}</p>}
      <label class="form-check">
        <input type="radio" class="form-check-input" name="in-flight" checked={!fate.finish} onChange={() => choose({ ...fate, finish: false })} />
        <span class="form-check-label">{say("inside_move", { version })}<span class="small quiet">{say("inside_move_help")}</span></span>
      </label>
      {!told && !fate.finish && <p class="small look">{say("inside_gone_ends")}</p>}
      {!fate.finish && rows.length > 0 && (
        <div class="fates-box">
          <table class="fates">
            <thead><tr><th scope="col">{say("they_stand_at")}</th><th scope="col" class="number">{say("people")}</th><th scope="col">{say("go_on_at")}</th></tr></thead>
            <tbody>{rows.map((step) => (
              <Row key={step.step} step={step} count={at(step)} fate={fate} choose={choose} />
            ))}</tbody>
          </table>
          {staying > 0 && <p class="small quiet">{say("inside_staying", { count: staying })}</p>}
          {open > 0 && <p class="small look" role="status"><Icon name="alert-triangle" /> {say("fates_open", { count: open })}</p>}
        </div>
      )}
      {!fate.finish && Object.values(fate.moves).some((target) => target) && <p class="small quiet">{say("nobody_twice")}</p>}
      <label class="form-check">
        <input type="radio" class="form-check-input" name="in-flight" checked={fate.finish} onChange={() => choose({ ...fate, finish: true })} />
        <span class="form-check-label">
          {told ? say("inside_finish", { versions: (peopled.length ? peopled : told.versions).map((one) => `v${one.number}`).join(", ") }) : say("inside_finish_theirs")}
          <span class="small quiet">{say("inside_finish_help", { version })}</span>
        </span>
      </label>
    </fieldset>
  );
}

function Row({ step, count, fate, choose }: { step: Standing; count: number; fate: Fate; choose: (fate: Fate) => void }) {
  const nodes = useStore((state) => state.doc.graph.nodes);
  const titles = useStore((state) => state.draft.titles);
  const offers = useStore((state) => state.offers);
  const gone = step.state === "gone";
  const chosen = step.step in fate.moves ? fate.moves[step.step] ?? ENDS : step.step;
  const pick = (value: string) => {
    const { [step.step]: _before, ...others } = fate.moves;
    choose({ ...fate, moves: value === step.step ? others : { ...others, [step.step]: value === ENDS ? null : value } });
  };
  return (
    <tr>
      <th scope="row">
        <span class="two-lines" title={step.title}>{step.title}</span>
        <span class={`mark ${gone ? "removed" : "changed"}`}><Icon name={gone ? "trash" : "pencil"} />{say(gone ? "step_gone" : "step_changed")}</span>
      </th>
      <td class="number num" data-label={say("people_inline", { count })}>{number(count)}</td>
      <td>
        <select class={`form-select ${gone && !chosen ? "asks" : ""}`} aria-label={say("go_on_at_of", { step: step.title })} value={chosen} onChange={(event) => pick(event.currentTarget.value)}>
          {gone && !chosen && <option value="">{say("choose_step")}</option>}
          {!gone && <option value={step.step}>{say(step.anew ? "stays_anew" : "stays")}</option>}
          <optgroup label={say("to_another_step")}>
            {nodes.filter((node) => node.id !== step.step).map((node) => (
              <option key={node.id} value={node.id}>{titleOf(node, node.id, titles, offers)}</option>
            ))}
          </optgroup>
          <option value={ENDS}>{say("way_ends")}</option>
        </select>
      </td>
    </tr>
  );
}
