// The figures of a step: where people stand, its days as bars, and what came of its mails.
import { useEffect, useState } from "react";
import { call, Refusal } from "../page/requests";
import { asked } from "./choosing";
import * as store from "./store";
import { useStore } from "./store";
import type { Counted, Step } from "./types";
import { day, number, page, say, share } from "./words";

interface Day {
  day: string;
  passed: number;
  yes: number;
  no: number;
}

interface Told {
  days: Day[] | null;
  effects: { key: string; words: string; number: number; share: number | null }[];
}

const NAMES: Counted[] = ["waiting", "done", "yes", "no", "not_measurable", "skipped", "failed", "failures"];
// Shown only where there are any.
const RARE: Counted[] = ["not_measurable", "skipped", "failures"];
/** How the people of a branch are asked for. */
export const BRANCH = "branch:";
const [WIDTH, HEIGHT, GAP] = [288, 96, 4];

export function StepFigures({ step }: { step: Step }) {
  const figures = useStore((state) => state.figures?.nodes[step.id]);
  const choice = useStore((state) => state.choice);
  const [told, setTold] = useState<Told | null>(null);
  const done = figures?.done ?? 0;
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    const asking = new AbortController();
    const ask = () =>
      call<Told>("GET", `campaigns/${page.id}/nodes/${step.id}/chart?${asked(choice)}`, undefined, asking.signal).then(
        (found) => (setTold(found), setWrong("")),
        (error: Error) => {
          // A step that was never published has no figures: that is no fault.
          const never = error instanceof Refusal && error.status === 404;
          if (!asking.signal.aborted) {
            setWrong(never ? "" : error.message);
          }
        },
      );
    setTold(null);
    setWrong("");
    void ask();
    const again = setInterval(ask, 60_000);
    return () => (clearInterval(again), asking.abort());
  }, [step.id, choice]);
  const answers = ["condition", "decision", "goal"].includes(step.kind);
  const shown = NAMES.filter((name) => (answers || !["yes", "no"].includes(name)) && (!RARE.includes(name) || (figures?.[name] ?? 0) > 0));
  return (
    <div class="stack">
      <dl class="step-figures">
        <div><dt>{say("figure_came")}</dt><dd class="num">{number(figures?.came ?? 0)}</dd></div>
        {shown.map((name) => (
          <div key={name}>
            <dt>{say(`figure_${name}`)}</dt>
            <dd class="num">
              {figures?.[name] && name !== "failures" ? <button type="button" class="linkish" onClick={() => store.set({ figure: name })}>{number(figures[name])}</button> : number(figures?.[name] ?? 0)}
              {answers && ["yes", "no"].includes(name) && done > 0 && <span class="quiet"> {share((figures?.[name] ?? 0) / done)}</span>}
            </dd>
          </div>
        ))}
        {Object.entries(figures?.branches ?? {}).map(([branch, count]) => (
          <div key={branch}>
            <dt class="clip" title={branch}>{say("branch_of", { name: branch })}</dt>
            <dd class="num">
              {count ? <button type="button" class="linkish" onClick={() => store.set({ figure: `${BRANCH}${branch}` })}>{number(count)}</button> : "0"}
              {done > 0 && <span class="quiet"> {share(count / done)}</span>}
            </dd>
          </div>
        ))}
        {told?.effects.map((effect) => (
          <div key={effect.key}>
            <dt>{say(`effect_${effect.key}`)}</dt>
            <dd class="num">{number(effect.number)}{effect.share !== null && <span class="quiet"> {share(effect.share)}</span>}</dd>
          </div>
        ))}
      </dl>
      {wrong && <p class="meta wrong" role="status">{wrong}</p>}
      {told?.days === null && <p class="meta">{say("too_slow")}</p>}
      {told?.days && told.days.length > 0 && (
        told.days.some((one) => one.passed) ? <Bars days={told.days} answers={answers} /> : <p class="meta">{say("nobody_passed", spanned(told.days))}</p>
      )}
    </div>
  );
}

/** The time the server told of: chosen, or a fortnight. */
function spanned(days: Day[]): { first: string; last: string } {
  return { first: day(days[0].day), last: day(days[days.length - 1].day) };
}

function Bars({ days, answers }: { days: Day[]; answers: boolean }) {
  const most = Math.max(1, ...days.map((one) => one.passed));
  const total = days.reduce((sum, one) => sum + one.passed, 0);
  const wide = WIDTH / days.length;
  const gap = Math.min(GAP, wide / 4);
  const tall = (count: number) => (count / most) * (HEIGHT - 14);
  return (
    <figure class="bars">
      <figcaption class="small strong">{say("last_days", spanned(days))}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 18}`} role="img" aria-label={say("passed_lately", { count: total })}>
        <text class="axis" x="0" y="10">{number(most)}</text>
        <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        {days.map((one, place) => {
          const rest = answers ? one.passed - one.yes : one.passed;
          return (
            <g key={one.day}>
              <title>{`${day(one.day)}: ${number(one.passed)}`}</title>
              <rect class={answers ? "rest" : "whole"} x={place * wide} width={wide - gap} y={HEIGHT - tall(rest)} height={tall(rest)} rx="1.5" />
              {answers && one.yes > 0 && <rect class="yes" x={place * wide} width={wide - gap} y={HEIGHT - tall(one.passed)} height={Math.max(1, tall(one.yes) - 1)} rx="1.5" />}
            </g>
          );
        })}
        <text class="axis" x="0" y={HEIGHT + 14}>{day(days[0].day)}</text>
        <text class="axis" x={WIDTH - GAP} y={HEIGHT + 14} text-anchor="end">{day(days[days.length - 1].day)}</text>
      </svg>
      {answers && <p class="line meta"><span class="key"><i class="yes" />{say("yes")}</span><span class="key"><i class="rest" />{say("the_rest")}</span></p>}
      <details>
        <summary class="small">{say("as_table")}</summary>
        <table class="list compact">
          <thead><tr><th scope="col">{say("the_day")}</th><th scope="col" class="number">{say("figure_done")}</th>{answers && <th scope="col" class="number">{say("yes")}</th>}</tr></thead>
          <tbody>{days.map((one) => <tr key={one.day}><th scope="row">{day(one.day)}</th><td class="number num">{number(one.passed)}</td>{answers && <td class="number num">{number(one.yes)}</td>}</tr>)}</tbody>
        </table>
      </details>
    </figure>
  );
}
