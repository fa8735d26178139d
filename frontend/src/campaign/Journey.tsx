// What becomes of the simulated contact: every step with its hour, and what could go otherwise.
import { Icon, Tile } from "../page/Icon";
import { select } from "./editing";
import { splitLabels, stepOf } from "./graph";
import { branchWord, duration, iconOf, titleOf } from "./kinds";
import * as simulating from "./simulating";
import type { Answer, Moment, Told } from "./simulating";
import { Duration } from "./steps/Duration";
import { useStore } from "./store";
import type { Step } from "./types";
import { hour, inside, say } from "./words";

const HUES: Record<string, string> = { yes: "green", no: "red", parked: "red", skipped: "amber", not_measurable: "", waiting: "amber", stopped: "" };

export function Journey({ told, dim }: { told: Told; dim: boolean }) {
  const goals = useStore((state) => state.doc.graph.nodes).filter((step) => step.kind === "goal");
  return (
    <section class={`journey ${dim ? "dims" : ""}`} aria-live="polite" aria-busy={dim}>
      {told.kept_out && <div class="note amber"><Icon name="user-x" /><span>{say("kept_out", { why: told.kept_out.words })}</span></div>}
      {told.enters_at && <p class="small"><Icon name="calendar-event" /> {say("enters_by_time", { when: hour(told.enters_at, told.zone) })}</p>}
      <p class="ending"><b>{say(`ended_${told.ended || "never"}`)}</b> {told.ended_at && ["done", "exit", "goal"].includes(told.ended) && hour(told.ended_at, told.zone)}</p>
      <p class="form-text">{say("hours_in", { zone: told.zone })}</p>
      <ol class="plain moments">
        {told.moments.map((moment) => <Line key={`${moment.step}-${moment.number}`} moment={moment} told={told} />)}
      </ol>
      {goals.map((goal) => <GoalAnswer key={goal.id} goal={goal} />)}
    </section>
  );
}

function Line({ moment, told }: { moment: Moment; told: Told }) {
  const step = useStore((state) => stepOf(state.doc.graph, moment.step));
  const offers = useStore((state) => state.offers);
  const chosen = useStore((state) => state.selected.includes(moment.step));
  const title = titleOf(step, moment.step, told.titles, offers);
  const { hindrance } = moment;
  const passed = moment.at ? Date.parse(moment.at) - Date.parse(moment.arrived_at) : 0;
  const word = moment.branch && moment.branch !== "next" ? branchWord(moment.branch, undefined) : "";
  const said = word || (["done", "branch"].includes(moment.outcome) ? "" : say(`came_${moment.outcome}`));
  return (
    <li class={chosen ? "at" : ""} data-moment={moment.step}>
      <Tile kind={step?.kind ?? "action"} name={step ? iconOf(step, offers) : "puzzle"} />
      <div class="grow">
        <button type="button" class="linkish" onClick={() => select([moment.step])}>{title}</button>
        {said && <span class={`pill ${HUES[moment.outcome] ?? ""}`}>{said}</span>}
        <div class="small quiet num">
          {moment.at ? hour(moment.at, told.zone) : say("since", { when: hour(moment.arrived_at, told.zone) })}
          {passed >= 60_000 && ` · ${say("after_time", { time: elapsed(passed) })}`}
        </div>
        {hindrance && (
          <div class="small look">
            <Icon name="mail-off" /> {hindrance.until ? say("held_until", { why: inside(hindrance.words), when: hour(hindrance.until, told.zone) }) : say("held_back", { why: inside(hindrance.words) })}
          </div>
        )}
        {moment.reason && <div class="small wrong">{moment.reason}</div>}
        {step && <StepAnswer step={step} />}
      </div>
    </li>
  );
}

function StepAnswer({ step }: { step: Step }) {
  const given = useStore((state) => state.simulation?.answers[step.id]);
  const id = `answer-${step.id}`;
  const choices: Record<string, [string, string][]> = {
    decision: [["", say("happens_not")], ["yes", say("happens")]],
    condition: [["", say("by_their_data")], ["yes", say("yes")], ["no", say("no")]],
    split: [["", say("by_their_data")], ...splitLabels(step).map((label): [string, string] => [label, label])],
  };
  if (!choices[step.kind]) {
    return null;
  }
  return (
    <div class="line wraps answer">
      <select id={id} class="form-select" aria-label={say("what_happens")} value={given?.way ?? ""} onChange={(event) => {
        const way = event.currentTarget.value;
        simulating.answer(step.id, way ? { way, ...(step.kind === "decision" ? { after: given?.after ?? "1h" } : {}) } : null);
      }}>
        {choices[step.kind].map(([value, label]) => <option key={value} value={value}>{label}</option>)}
      </select>
      {step.kind === "decision" && given && <After step={step.id} given={given} />}
    </div>
  );
}

/** A goal can be reached from anywhere on the way: it is asked for beside it. */
function GoalAnswer({ goal }: { goal: Step }) {
  const given = useStore((state) => state.simulation?.answers[goal.id]);
  const title = useStore((state) => titleOf(goal, goal.id, state.draft.titles, state.offers));
  return (
    <div class="answer">
      <label class="form-check">
        <input type="checkbox" class="form-check-input" checked={Boolean(given)} onChange={(event) => simulating.answer(goal.id, event.currentTarget.checked ? { way: "yes", after: "1d" } : null)} />
        <span class="form-check-label">{say("goal_reached", { goal: title })}</span>
      </label>
      {given && <After step={goal.id} given={given} />}
    </div>
  );
}

function After({ step, given }: { step: string; given: Answer }) {
  return (
    <span class="line">
      <span class="small quiet">{say("after_how_long")}</span>
      <Duration id={`after-${step}`} label={say("after_how_long")} value={given.after ?? "0s"} onChange={(after) => simulating.answer(step, { ...given, after: after || "0s" })} />
    </span>
  );
}

/** A time span in its largest whole unit. */
export function elapsed(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes < 90 ? [minutes, "m"] : minutes < 36 * 60 ? [Math.round(minutes / 60), "h"] : [Math.round(minutes / 1_440), "d"];
  return duration(`${count}${unit}`);
}
