// A step on the canvas: tile, kind, title, and one line of counts that open the people behind them.
import { Handle, Position, useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { ask, mayEdit, select } from "./editing";
import { START } from "./graph";
import { Icon, Tile } from "../page/Icon";
import { branchWord, iconOf, kindWord, titleBelow } from "./kinds";
import type { Moment } from "./simulating";
import * as store from "./store";
import { useStore } from "./store";
import type { Counted, Figures, Step } from "./types";
import { hour, say } from "./words";

export interface NodeData extends Record<string, unknown> {
  step: Step | undefined;
  ports: { branch: string; at: number; loose: boolean }[];
}

// Pressed with a pointer a step is chosen once that is let go: until then nothing may come to lie under it.
let pressed = false;

function press(): void {
  pressed = true;
  const release = () => {
    pressed = false;
  };
  window.addEventListener("pointerup", release, { once: true });
  window.addEventListener("pointercancel", release, { once: true });
}

export function StepNode({ id, data, selected }: { id: string; data: NodeData; selected?: boolean }) {
  const { step, ports } = data;
  const offers = useStore((state) => state.offers);
  const titles = useStore((state) => state.draft.titles);
  const sources = useStore((state) => state.draft.sources);
  const problems = useStore(store.problemsOf);
  const connecting = useStore((state) => state.connecting);
  const focus = useStore((state) => (state.focus === id ? id : null));
  const lands = useStore((state) => state.landing?.after === id && !state.landing.before);
  // Only the start is told: with every choice all steps would be drawn anew.
  const alone = useStore((state) => id === START && state.selected.length === 0);
  const way = useStore((state) => state.simulation?.told ?? null);
  const moments = way?.moments.filter((moment) => moment.step === id) ?? [];
  const trace = way === null ? "" : moments.length || id === START ? "walked" : "unwalked";
  const face = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus === id && face.current) {
      face.current.focus({ preventScroll: true });
      store.set({ focus: null });
    }
  }, [focus, id]);
  const measure = useUpdateNodeInternals();
  const places = ports.map((port) => `${port.branch} ${port.at}`).join();
  useEffect(() => measure(id), [places]);
  const kind = step?.kind ?? "source";
  const word = step ? kindWord(step, offers) : say("starts_when");
  const title = step ? titleBelow(step, titles, offers) : sources.join(", ") || say("nothing_leads_in");
  const mine = problems.filter((problem) => problem.step === id);
  const open = (event: Event) => {
    event.stopPropagation();
    select([id], false);
  };
  return (
    <div class={`step-node ${selected ? "chosen" : ""} ${connecting === id ? "connecting" : ""} ${mine.length ? "faulty" : ""} ${lands ? "landing" : ""} ${trace}`}>
      {way && moments.length > 0 && <Hour moments={moments} zone={way.zone} />}
      {id !== START && <Handle type="target" position={Position.Top} isConnectable={mayEdit()} />}
      <div
        ref={face}
        class="face"
        role="button"
        tabIndex={selected || alone ? 0 : -1}
        data-step={id}
        onPointerDown={press}
        onFocus={() => {
          if (!pressed && !store.get().selected.includes(id)) {
            select([id], false);
          }
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            open(event);
            requestAnimationFrame(() => {
              // Who has gone on meanwhile is not called back.
              if (document.activeElement === face.current) {
                document.querySelector<HTMLElement>("#panel .inside :is(input, select, textarea, button)")?.focus();
              }
            });
          }
        }}
      >
        <Tile kind={kind} name={step ? iconOf(step, offers) : "login-2"} />
        <span class="words">
          <span class="kind clip">{word}</span>
          <span class="title two-lines" title={title}>{title}</span>
        </span>
        {step?.note && (
          <span class="has-note" title={step.note}>
            <Icon name="note" />
            <span class="visually-hidden">{say("note_says", { note: step.note })}</span>
          </span>
        )}
        {mine.length > 0 && (
          <span class="badge-problem" title={mine.map((problem) => problem.message).join("\n")}>
            <Icon name="alert-triangle" />
            <span class="visually-hidden">{say("problems", { count: "" })}</span>
            {mine.length}
          </span>
        )}
      </div>
      <Counts id={id} step={step} reachable={Boolean(selected)} />
      {ports.map((port) => (
        <Handle
          key={port.branch}
          id={port.branch}
          type="source"
          position={Position.Bottom}
          class={`port-${port.branch}`}
          style={{ left: `${port.at * 100}%` }}
          isConnectable={mayEdit()}
        />
      ))}
      {ports.filter((port) => port.loose).map(({ branch, at }) => (
        <span key={branch} class={`stub ${branch}`} style={{ left: `${at * 100}%` }}>
          <Ending after={id} branch={branch} word={branchWord(branch, step)} />
        </span>
      ))}
    </div>
  );
}

/** An answer that nothing follows; pressed, it asks what does. */
function Ending({ after, branch, word }: { after: string; branch: string; word: string }) {
  const words = say("ends_here", { branch: word });
  if (!mayEdit()) {
    return <span class={`branch ${branch}`} title={words}>{word}</span>;
  }
  return (
    <button type="button" class={`branch ${branch} nodrag nopan`} tabIndex={-1} title={words} onClick={(event) => {
      event.stopPropagation();
      ask({ after, branch });
    }}>{word}</button>
  );
}

/** When the simulated contact is there, on the corner of the step. */
function Hour({ moments, zone }: { moments: Moment[]; zone: string }) {
  const last = moments[moments.length - 1];
  const held = last.hindrance !== null || last.outcome === "parked";
  return (
    <span class={`hour ${held ? "held" : ""}`}>
      {held && <Icon name="alert-triangle" />}
      {last.at ? hour(last.at, zone) : say("came_waiting")}
      {moments.length > 1 && ` · ×${moments.length}`}
    </span>
  );
}

interface Count {
  figure: Counted;
  text: string;
  tone?: string;
  icon?: string;
}

function Counts({ id, step, reachable }: { id: string; step: Step | undefined; reachable: boolean }) {
  const figures = useStore((state) => state.figures);
  if (!figures) {
    return <div class="counts" />;
  }
  if (!step) {
    return (
      <div class="counts">
        <span>{say("entered", { count: figures.contacts })}</span>
        <i />
        <span>{say("in_flight", { count: figures.active })}</span>
      </div>
    );
  }
  const counts = countsOf(step, figures.nodes[id]);
  return (
    <div class="counts">
      {counts.map((count, place) => (
        <>
          {place > 0 && <i />}
          <button
            type="button"
            class={`nodrag ${count.tone ?? ""}`}
            tabIndex={reachable ? 0 : -1}
            onClick={(event) => {
              event.stopPropagation();
              select([id], false);
              store.set({ figure: count.figure });
            }}
          >
            {count.icon && <Icon name={count.icon} />}
            {count.text}
          </button>
        </>
      ))}
    </div>
  );
}

export function countsOf(step: Step, figures: Figures | undefined): Count[] {
  const found = { waiting: 0, done: 0, yes: 0, no: 0, failed: 0, ...figures };
  const answers = ["condition", "decision", "goal"].includes(step.kind);
  const counts: (Count | false)[] = [
    found.waiting > 0 && { figure: "waiting", text: say("waiting", { count: found.waiting }), icon: "hourglass" },
    answers && { figure: "yes", text: say(step.kind === "goal" ? "reached" : "yes_count", { count: found.yes }), tone: "good" },
    answers && { figure: "no", text: say("no_count", { count: found.no }), tone: "wrong" },
    !answers && { figure: "done", text: say(step.kind === "exit" ? "left" : "passed", { count: found.done }) },
    found.failed > 0 && { figure: "failed", text: say("parked", { count: found.failed }), tone: "wrong", icon: "alert-triangle" },
  ];
  return counts.filter((count): count is Count => Boolean(count));
}
