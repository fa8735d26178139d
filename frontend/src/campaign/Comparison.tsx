// Two versions in one drawing: what is new, gone or changed is marked by a word, and told below.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, Tile } from "../page/Icon";
import { HEIGHT, START, WIDTH, stepOf } from "./graph";
import { branchWord, iconOf, kindWord } from "./kinds";
import { placed } from "./layout";
import { useStore } from "./store";
import type { Graph, Path } from "./types";
import { say } from "./words";

type State = "same" | "changed" | "added" | "removed";

export interface Compared {
  steps: { step: string; state: State; before: string; after: string }[];
  paths: (Path & { state: State })[];
  settings: { name: string; words: string; before: string; after: string }[];
  graph: Graph;
}

const ICONS = { same: "", changed: "pencil", added: "plus", removed: "trash" };
const MARGIN = 24;
// Room between two rows of steps.
const ROW = 56;
// A wide drawing is made smaller to fit, as long as it can be read.
const SMALLEST = 0.75;

export function Comparison({ told }: { told: Compared }) {
  const changed = told.steps.filter((step) => step.state !== "same");
  const same = !changed.length && !told.settings.length && told.paths.every((path) => path.state === "same");
  if (same) {
    return <p class="meta">{say("no_difference")}</p>;
  }
  return (
    <div class="compared">
      <Drawing told={told} />
      <ul class="plain differences">
        {changed.map((step) => <li key={step.step} class={step.state}><Mark state={step.state} /> <Words before={step.before} after={step.after} state={step.state} /></li>)}
        {told.settings.map((setting) => (
          <li key={setting.name} class="changed"><Mark state="changed" /> {setting.words}: <Words before={setting.before || "–"} after={setting.after || "–"} state="changed" /></li>
        ))}
        <Paths told={told} />
      </ul>
    </div>
  );
}

function Mark({ state }: { state: State }) {
  return state === "same" ? null : <span class={`mark ${state}`}><Icon name={ICONS[state]} />{say(`is_${state}`)}</span>;
}

function Words({ before, after, state }: { before: string; after: string; state: State }) {
  if (state !== "changed") {
    return <b>{after || before}</b>;
  }
  return before === after ? <><b>{after}</b> <span class="quiet">{say("other_settings")}</span></> : <><s>{before}</s> → <b>{after}</b></>;
}

/** Paths between steps that are in both; those of a new or removed step come and go with it. */
function Paths({ told }: { told: Compared }) {
  const stays = new Set([START, ...told.steps.filter((step) => step.state === "same" || step.state === "changed").map((step) => step.step)]);
  const title = (id: string) => (id === START ? say("start") : told.steps.find((step) => step.step === id)?.after ?? id);
  return (
    <>
      {told.paths.filter((path) => path.state !== "same" && stays.has(path.from) && stays.has(path.to)).map((path) => (
        <li key={`${path.from} ${path.branch} ${path.to} ${path.state}`} class={path.state}>
          <Mark state={path.state} /> {[title(path.from), branchWord(path.branch, stepOf(told.graph, path.from)), title(path.to)].filter(Boolean).join(" → ")}
        </li>
      ))}
    </>
  );
}

function Drawing({ told }: { told: Compared }) {
  const offers = useStore((state) => state.offers);
  const places = placed(told.graph);
  const all = Object.values(places);
  const [left, top] = [Math.min(...all.map((one) => one.x)), Math.min(...all.map((one) => one.y))];
  const at = (id: string) => ({ x: (places[id]?.x ?? 0) - left + MARGIN, y: (places[id]?.y ?? 0) - top + MARGIN });
  const width = Math.max(...all.map((one) => one.x)) - left + WIDTH + 2 * MARGIN;
  const height = Math.max(...all.map((one) => one.y)) - top + HEIGHT + 2 * MARGIN;
  const [box, scale] = useFitting(width, at(START).x + WIDTH / 2);
  return (
    <div ref={box} class="compared-drawing scrolls" role="group" aria-label={say("drawn_differences")} tabIndex={0}>
      <div style={{ width: width * scale, height: height * scale }}>
        <div style={{ position: "relative", width, height, transform: `scale(${scale})`, transformOrigin: "0 0" }}>
          <svg class="compared-lines" width={width} height={height} aria-hidden="true">
            {told.paths.map((path) => {
              const [from, to] = [at(path.from), at(path.to)];
              const [x, y, right, down] = [from.x + WIDTH / 2, from.y + HEIGHT, to.x + WIDTH / 2, to.y];
              const half = (y + down) / 2;
              return <path key={`${path.from} ${path.branch} ${path.to}`} class={path.state} d={`M${x} ${y} C${x} ${half} ${right} ${half} ${right} ${down}`} />;
            })}
          </svg>
          <div class="compared-step" style={{ left: at(START).x, top: at(START).y, width: WIDTH, height: HEIGHT }}>
            <Tile kind="source" name="login-2" /><span class="words"><b>{say("start")}</b></span>
          </div>
          {told.steps.map((one) => {
            const step = stepOf(told.graph, one.step);
            return step && (
              <div key={one.step} class={`compared-step ${one.state}`} style={{ left: at(one.step).x, top: at(one.step).y, width: WIDTH, height: HEIGHT }}>
                <Tile kind={step.kind} name={iconOf(step, offers)} />
                <span class="words"><span class="small quiet clip">{kindWord(step, offers)}</span><b class="two-lines">{one.after || one.before}</b></span>
                <Mark state={one.state} />
              </div>
            );
          })}
          {told.paths.filter((path) => branchWord(path.branch, stepOf(told.graph, path.from))).map((path) => (
            <span key={`${path.from} ${path.branch} ${path.to}`} class={`compared-path ${path.state}`} style={middle(at(path.from), at(path.to))}>
              {branchWord(path.branch, stepOf(told.graph, path.from))}{path.state !== "same" && <Icon name={ICONS[path.state]} />}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

interface Place {
  x: number;
  y: number;
}

/** Where the word of a path stands: halfway, or above its end where steps lie between. */
function middle(from: Place, to: Place): { left: number; top: number } {
  const down = to.y - from.y - HEIGHT;
  return down < HEIGHT + ROW ? { left: (from.x + to.x + WIDTH) / 2, top: (from.y + HEIGHT + to.y) / 2 } : { left: to.x + WIDTH / 2, top: to.y - ROW / 2 };
}

/** Fit the drawing into its box; where it stays wider, begin in the middle of what is at `x`. */
function useFitting(width: number, x: number) {
  const box = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([seen]) => seen && setScale(Math.min(1, Math.max(SMALLEST, seen.contentRect.width / width))));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, [width]);
  useLayoutEffect(() => {
    box.current!.scrollLeft = x * scale - box.current!.clientWidth / 2;
  }, [scale, x]);
  return [box, scale] as const;
}
