// The mode *Results*: every step with its figures, each a way to the people behind it.
import { BRANCH } from "./Chart";
import { Choosing } from "./Choosing";
import { Days } from "./Days";
import { select } from "./editing";
import { stepOf } from "./graph";
import { Tile } from "../page/Icon";
import { iconOf, kindWord, titleOf } from "./kinds";
import { ordered } from "./layout";
import { Reached } from "./Reached";
import * as store from "./store";
import { useStore } from "./store";
import type { Counted, Figures, Step } from "./types";
import { number, page, say } from "./words";

// What only steps that ask something can end with.
const ANSWERS = ["yes", "no", "not_measurable"];
const asks = (step: Step) => ["condition", "decision", "goal"].includes(step.kind);
const COLUMNS: Counted[] = ["came", "waiting", "done", "yes", "no", "not_measurable", "skipped", "failed", "failures"];
// Columns only where anybody is in them, and figures nobody stands behind any more.
const RARE: Counted[] = ["not_measurable", "skipped", "failures"];
const UNLISTED: Counted[] = ["came", "failures"];

export function Results() {
  const graph = useStore((state) => state.doc.graph);
  const figures = useStore((state) => state.figures);
  const titles = useStore((state) => state.draft.titles);
  const offers = useStore((state) => state.offers);
  const unread = useStore((state) => state.unread);
  const timed = useStore((state) => state.choice.period !== "all");
  const ofAll = useStore((state) => state.choice.version === "");
  if (!figures) {
    return <section class="mode-page" aria-label={say("results")}><Choosing /><p class="meta" hidden={unread !== ""}>{say("reading")}</p></section>;
  }
  const open = (id: string, figure: string) => {
    store.set({ mode: "build" });
    select([id]);
    store.set({ figure });
  };
  const columns = COLUMNS.filter((name) => !RARE.includes(name) || Object.values(figures.nodes).some((one) => one[name] > 0));
  return (
    <section class="mode-page" aria-label={say("results")}>
      <Choosing />
      {page.only_own && <p class="meta">{say("only_own")}</p>}
      <div class="figures">
        {([["contacts", figures.contacts], ["visits", figures.visits], ["left", figures.left], ["active", figures.active]] as const).map(([name, value]) => (
          <div class="figure" key={name}>
            <div class="name">{say(`whole_${name}`)}</div>
            {name === "active" && value > 0
              ? <b><button type="button" class="linkish" onClick={() => store.set({ mode: "people", figure: "waiting" })}>{number(value)}</button></b>
              : <b>{number(value)}</b>}
          </div>
        ))}
      </div>
      {timed && <p class="meta">{say("now_long")}</p>}
      <Reached />
      <Days />
      <div class="scrolls">
        <table class="list by-step">
          <thead><tr><th scope="col">{say("step")}</th>{columns.map((name) => <th scope="col" class="number" key={name}>{say(`figure_${name}`)}</th>)}</tr></thead>
          <tbody>
            {ordered(graph).filter((id) => ofAll || figures.nodes[id]).map((id) => {
              const step = stepOf(graph, id);
              return step && <Row key={id} step={step} title={titleOf(step, id, titles, offers)} mine={figures.nodes[id]} columns={columns} onOpen={(figure) => open(id, figure)} />;
            })}
            {Object.entries(figures.removed).map(([id, { title, ...was }]) => (
              <Row key={id} step={{ ...was, id, config: {} }} title={title || id} removed mine={figures.nodes[id]} columns={columns} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProperties {
  step: Step;
  title: string;
  /** Drawn no more: there is no step to open. */
  removed?: boolean;
  mine: Figures | undefined;
  columns: Counted[];
  onOpen?: (figure: string) => void;
}

/** The figures of one step, and below it those of its branches. */
function Row({ step, title, removed, mine, columns, onOpen }: RowProperties) {
  const offers = useStore((state) => state.offers);
  const cell = (figure: string, count: number, listed: boolean) =>
    count && listed && onOpen ? <button type="button" class="linkish" onClick={() => onOpen(figure)}>{number(count)}</button> : number(count);
  return (
    <>
      <tr>
        <th scope="row"><span class="line"><Tile kind={step.kind} name={iconOf(step, offers)} /><span class="clip">{title} <span class="quiet">{kindWord(step, offers)}{removed && ` · ${say("removed_step")}`}</span></span></span></th>
        {columns.map((name) => (
          <td class={`number num ${mine?.[name] ? "" : "none"}`} data-label={say(`figure_${name}`)} key={name}>
            {!asks(step) && ANSWERS.includes(name) ? "" : cell(name, mine?.[name] ?? 0, !UNLISTED.includes(name))}
          </td>
        ))}
      </tr>
      {Object.entries(mine?.branches ?? {}).map(([branch, count]) => (
        <tr key={`${step.id} ${branch}`} class="of-branch">
          <th scope="row"><span class="clip quiet">{say("branch_of", { name: branch })}</span></th>
          {columns.map((name) => (
            <td class={`number num ${name === "done" && count ? "" : "none"}`} data-label={say(`figure_${name}`)} key={name}>
              {name === "done" && cell(`${BRANCH}${branch}`, count, true)}
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}
