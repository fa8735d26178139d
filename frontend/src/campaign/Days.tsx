// What happened by day: ways begun, goals reached, ways ended, as bars and as a table.
import { useEffect, useRef, useState } from "react";
import { call } from "../page/requests";
import { asked, shifted, span, today } from "./choosing";
import { useStore } from "./store";
import { day, number, page, say } from "./words";

interface Day {
  day: string;
  entries: number;
  goals: number;
  leaves: number;
}

type Figure = "entries" | "goals" | "leaves";
const FIGURES: Figure[] = ["entries", "goals", "leaves"];
const [HEIGHT, FOOT, LEFT] = [160, 20, 40];
// As many groups of bars can be told from each other.
const MOST = 45;

export function Days() {
  const choice = useStore((state) => state.choice);
  const whole = useStore((state) => (state.figures ? `${state.figures.visits} ${state.figures.active}` : ""));
  const [days, setDays] = useState<Day[] | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => (setDays(null), setWrong("")), [choice]);
  useEffect(() => {
    const asking = new AbortController();
    call<{ days: Day[] }>("GET", `campaigns/${page.id}/days?${asked(choice)}`, undefined, asking.signal).then(
      (told) => (setDays(told.days), setWrong("")),
      (error: Error) => asking.signal.aborted || setWrong(error.message),
    );
    return () => asking.abort();
  }, [choice, whole]);
  if (wrong) {
    return <p class="meta wrong" role="status">{wrong}</p>;
  }
  if (!days) {
    return <p class="meta">{say("reading")}</p>;
  }
  const goals = days.some((one) => one.goals > 0);
  const shown = FIGURES.filter((name) => goals || name !== "goals");
  const { since, until } = span(choice);
  const last = days.at(-1)?.day ?? "";
  const end = until || today();
  const groups = grouped(days, since || days[0]?.day || today(), last > end ? last : end);
  return (
    <figure class="bars by-day">
      <figcaption class="line wraps apart">
        <b>{say("by_day")}</b>
        <span class="line wraps">{shown.map((name) => <span class="key small" key={name}><i class={name} />{say(`days_${name}`)} <b class="num">{number(days.reduce((sum, one) => sum + one[name], 0))}</b></span>)}</span>
      </figcaption>
      {days.length === 0 ? <p class="meta">{say("nothing_then")}</p> : <Bars groups={groups} shown={shown} />}
      {days.length > 0 && (
        <details>
          <summary class="small">{say("as_table")}</summary>
          <div class="scrolls" tabIndex={0} role="group" aria-label={say("by_day")}>
            <table class="list compact">
              <thead><tr><th scope="col">{say("the_day")}</th>{shown.map((name) => <th scope="col" class="number" key={name}>{say(`days_${name}`)}</th>)}</tr></thead>
              <tbody>{days.map((one) => <tr key={one.day}><th scope="row">{day(one.day)}</th>{shown.map((name) => <td class="number num" key={name}>{number(one[name])}</td>)}</tr>)}</tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  );
}

interface Group extends Day {
  last: string;
}

/** Every day of the time, or several together where there are many. */
function grouped(days: Day[], since: string, until: string): Group[] {
  const length = Math.max(1, Math.round((Date.parse(until) - Date.parse(since)) / 86_400_000) + 1);
  const wide = Math.ceil(length / MOST) === 1 ? 1 : 7 * Math.ceil(length / MOST / 7);
  const groups: Group[] = [];
  for (let place = 0; place < length; place += wide) {
    const first = shifted(since, place);
    const last = shifted(since, Math.min(place + wide, length) - 1);
    const mine = days.filter((one) => one.day >= first && one.day <= last);
    const sum = (name: Figure) => mine.reduce((total, one) => total + one[name], 0);
    groups.push({ day: first, last, entries: sum("entries"), goals: sum("goals"), leaves: sum("leaves") });
  }
  return groups;
}

/** Drawn as wide as there is room, so that its words stay as large as others. */
function Bars({ groups, shown }: { groups: Group[]; shown: Figure[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(720);
  useEffect(() => {
    const watch = new ResizeObserver(([seen]) => seen && setWidth(Math.max(240, Math.round(seen.contentRect.width))));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const most = Math.max(1, ...groups.flatMap((one) => shown.map((name) => one[name])));
  const step = (width - LEFT) / groups.length;
  const wide = Math.min(14, (step * 0.8) / shown.length);
  const tall = (count: number) => (count ? Math.max(1.5, (count / most) * (HEIGHT - 8)) : 0);
  const named = (one: Group) => (one.day === one.last ? day(one.day) : `${day(one.day)} – ${day(one.last)}`);
  const marks = [1, 0.5].map((share) => Math.round(most * share)).filter((mark, place, all) => mark > 0 && all.indexOf(mark) === place);
  const axis = [0, Math.floor(groups.length / 2), groups.length - 1].filter((place, index, all) => all.indexOf(place) === index);
  return (
    <div ref={box}><svg viewBox={`0 0 ${width} ${HEIGHT + FOOT}`} role="img" aria-label={say("by_day")}>
      {marks.map((mark) => (
        <g key={mark}>
          <line class="grid faint" x1={LEFT} x2={width} y1={HEIGHT - tall(mark)} y2={HEIGHT - tall(mark)} />
          <text class="axis" x={LEFT - 6} y={HEIGHT - tall(mark) + 4} text-anchor="end">{number(mark)}</text>
        </g>
      ))}
      <line class="grid" x1={LEFT} x2={width} y1={HEIGHT} y2={HEIGHT} />
      {groups.map((one, place) => (
        <g key={one.day} class="group">
          <title>{`${named(one)}: ${shown.map((name) => `${say(`days_${name}`)} ${number(one[name])}`).join(", ")}`}</title>
          <rect class="hit" x={LEFT + place * step} y={0} width={step} height={HEIGHT} />
          {shown.map((name, nth) => (
            <rect key={name} class={name} x={LEFT + place * step + (step - wide * shown.length) / 2 + nth * wide} width={Math.max(1, wide - 1)} y={HEIGHT - tall(one[name])} height={tall(one[name])} rx="1.5" />
          ))}
        </g>
      ))}
      {axis.map((place) => (
        <text key={place} class="axis" x={LEFT + (place + 0.5) * step} y={HEIGHT + 15} text-anchor={place === 0 && groups.length > 1 ? "start" : place === groups.length - 1 && groups.length > 1 ? "end" : "middle"}>{day(groups[place].day)}</text>
      ))}
    </svg></div>
  );
}
