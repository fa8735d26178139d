// What can be put on the canvas, by purpose: drag it, or press it to add it after the selection.
import { useEffect, useMemo, useState } from "react";
import { add, paste } from "./editing";
import { stepOf } from "./graph";
import { command } from "../page/commands";
import { Icon, Tile } from "../page/Icon";
import { fold, grouped, ranked } from "../page/ranking";
import { branchWord, palette, titleOf, type Offer } from "./kinds";
import * as store from "./store";
import { useStore } from "./store";
import { say } from "./words";

const GROUPS = ["act", "ask", "time", "flow"] as const;

type Group = (typeof GROUPS)[number];
/** A step, or how many more there are in its group. */
type Line = Offer | { group: Group; rest: number };

export function Palette() {
  const offers = useStore((state) => state.offers);
  const landing = useStore((state) => state.landing);
  const copied = useStore((state) => state.copied);
  const [text, setText] = useState("");
  const [unfolded, setUnfolded] = useState<Group[]>([]);
  const [at, setAt] = useState(0);
  const all = useMemo(() => palette(offers), [offers]);
  const wanted = fold(text.trim());
  const folded = (group: Group) => !wanted && !unfolded.includes(group);
  const matching = all.filter((offer) => (wanted ? fold(offer.label).includes(wanted) : !offer.rare || !folded(offer.group)));
  // What is rarely wanted never comes first for its first word: "tag" is "Change tags" before "Tag added".
  const likeliest = ranked(matching, text, (offer) => (offer.rare ? ` ${offer.label}` : offer.label));
  const groups = grouped([...GROUPS], likeliest, (offer, group) => offer.group === group, text).map(({ group, lines }) => {
    const rest = folded(group) ? all.filter((offer) => offer.rare && offer.group === group).length : 0;
    return { group, lines: [...lines, ...(rest ? [{ group, rest }] : [])] as Line[] };
  });
  const found = groups.flatMap((one) => one.lines);
  useEffect(() => setAt(0), [wanted]);
  const choose = (line: Line) => {
    if ("rest" in line) {
      setUnfolded([...unfolded, line.group]);
      return;
    }
    setText("");
    add(line, store.get().landing);
  };
  const typed = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter" && found[at]) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      setText("");
      store.set({ landing: null, focus: store.get().selected[0] ?? "start" });
    }
  };
  return (
    <aside class={`panel palette-steps ${landing ? "landing" : ""}`} aria-label={say("steps")}>
      <div class="find">
        <label class="searchbox">
          <Icon name="search" />
          <input
            id="find-step" type="search" placeholder={say("find_step")} aria-label={say("find_step")} value={text} autocomplete="off"
            role="combobox" aria-expanded="true" aria-controls="palette-steps" aria-activedescendant={found[at] ? `offer-${at}` : undefined}
            onInput={(event) => setText(event.currentTarget.value)} onKeyDown={typed}
          />
          <span class="kbd" aria-hidden="true">/</span>
        </label>
        {landing && <Where />}
      </div>
      <div class="offers fades" id="palette-steps" role="listbox" aria-label={say("steps")}>
        {groups.map(({ group, lines }) => (
          <div key={group} role="group" aria-label={say(group)}>
            <div class="cap" aria-hidden="true">{say(group)}</div>
            {lines.map((line) => {
              const place = found.indexOf(line);
              const here = (wanted || landing) && place === at;
              const rest = "rest" in line;
              return (
                <div
                  key={rest ? "more" : line.name} id={`offer-${place}`} class={`offer ${rest ? "more" : ""} ${here ? "at" : ""}`}
                  role="option" aria-selected={place === at} tabIndex={-1} draggable={!rest}
                  onDragStart={(event) => rest || event.dataTransfer?.setData("application/relais-step", line.name)}
                  onDragEnd={() => store.get().landing && store.set({ landing: null })}
                  onClick={() => choose(line)}
                >
                  {rest ? <Icon name="dots" /> : <Tile kind={line.kind} name={line.icon} />}
                  <span class="grow">{rest ? say("more_steps", { count: line.rest }) : line.label}</span>
                </div>
              );
            })}
          </div>
        ))}
        {!found.length && <p class="none">{say("no_step_found")}</p>}
      </div>
      {copied && (
        <button type="button" class="offer paste" title={command("V")} onClick={paste}>
          <Icon name="clipboard" />
          {say("paste", { count: copied.nodes.length })}
        </button>
      )}
    </aside>
  );
}

function Where() {
  const landing = useStore((state) => state.landing);
  const step = useStore((state) => stepOf(state.doc.graph, landing?.after ?? ""));
  const titles = useStore((state) => state.draft.titles);
  const offers = useStore((state) => state.offers);
  if (!landing) {
    return null;
  }
  const title = titleOf(step, landing.after, titles, offers);
  const word = landing.branch ? branchWord(landing.branch, step) : "";
  return <p class="where">{say("lands_after", { step: word ? `${title} (${word})` : title })}</p>;
}
