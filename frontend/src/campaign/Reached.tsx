// How many reach the goal, and those who went beside those held out.
import { useEffect, useState } from "react";
import { call } from "../page/requests";
import { asked } from "./choosing";
import { useStore } from "./store";
import type { Goals, Share } from "./types";
import { number, page, say, share } from "./words";

export function Reached() {
  const [goals, setGoals] = useState<Goals | null>(null);
  const figures = useStore((state) => state.figures);
  const choice = useStore((state) => state.choice);
  const [wrong, setWrong] = useState("");
  const whole = figures ? `${figures.visits}-${figures.active}` : "";
  useEffect(() => setGoals(null), [choice]);
  useEffect(() => {
    let here = true;
    void call<Goals>("GET", `campaigns/${page.id}/goals?${asked(choice)}`).then(
      (found) => here && (setGoals(found), setWrong("")),
      (error: Error) => here && (setGoals(null), setWrong(error.message)),
    );
    return () => {
      here = false;
    };
  }, [whole, choice]);
  if (wrong) {
    return <p class="meta wrong" role="status">{wrong}</p>;
  }
  if (!goals?.ways) {
    return null;
  }
  const { ways, went, held_out: held, lift } = goals;
  return (
    <section class="reached" aria-label={say("goal_rate")}>
      <div class="figures">
        <Rate name={say("goal_rate")} of={ways} />
        {held.contacts > 0 && <Rate name={say("goal_went")} of={went} />}
        {held.contacts > 0 && <Rate name={say("goal_held")} of={held} />}
      </div>
      {lift && (
        <p class="meta">
          {say("goal_lift", { points: points(lift.difference), low: points(lift.low), high: points(lift.high) })}{" "}
          {say(lift.certain ? "goal_certain" : "goal_uncertain")}
        </p>
      )}
    </section>
  );
}

function Rate({ name, of }: { name: string; of: Share }) {
  return (
    <div class="figure">
      <div class="name">{name}</div>
      <b>{of.rate === null ? "–" : share(of.rate)}</b>
      <div class="meta">{say("reached_of", { reached: number(of.reached), contacts: number(of.contacts) })}</div>
    </div>
  );
}

/** A difference of shares in points of a hundred, with its sign. */
function points(difference: number): string {
  const rounded = Math.round(difference * 1000) / 10;
  return `${rounded > 0 ? "+" : rounded < 0 ? "−" : ""}${number(Math.abs(rounded))}`;
}
