// What each step is called and looks like, and what it begins with.
import { START } from "./graph";
import type { Config, Kind, Offers, Step } from "./types";
import { say } from "./words";

export interface Offer {
  name: string;
  group: "act" | "ask" | "time" | "flow";
  kind: Kind;
  icon: string;
  label: string;
  key?: string;
  config: Config;
  // Behind "more" of its group until searched for.
  rare?: boolean;
}

// What most campaigns are made of; with it all groups are seen at once on the screen of a laptop.
const COMMON_ACTIONS = [
  "emails.send", "sms.send", "tags.change", "contacts.update", "segments.change", "points.adjust", "users.notify",
];
const COMMON_EVENTS = ["emails.opened", "emails.clicked", "sms.replied", "pages.viewed"];

/** Everything that can be put on the canvas. */
export function palette(offers: Offers): Offer[] {
  const acts = offers.actions.map((action): Offer => ({
    name: `action:${action.key}`, group: "act", kind: "action", icon: action.icon, label: action.label, key: action.key, config: {},
    rare: !COMMON_ACTIONS.includes(action.key),
  }));
  const events = offers.events.map((event): Offer => ({
    name: `decision:${event.key}`, group: "ask", kind: "decision", icon: event.icon, label: event.label, key: event.key,
    config: { within: "3d" }, rare: !COMMON_EVENTS.includes(event.key),
  }));
  return [
    ...acts,
    { name: "condition", group: "ask", kind: "condition", icon: "filter-question", label: say("condition"), config: {} },
    ...events,
    { name: "delay", group: "time", kind: "wait", icon: "hourglass", label: say("delay"), config: { for: "1d" } },
    {
      name: "until", group: "time", kind: "wait", icon: "calendar-time", label: say("until"),
      config: { until: { weekdays: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00", zone: "contact" } },
    },
    { name: "split", group: "flow", kind: "split", icon: "git-fork", label: say("split"), config: { weights: { A: 50, B: 50 } } },
    { name: "goal", group: "flow", kind: "goal", icon: "flag-3", label: say("goal"), key: "orders.placed", config: {} },
    { name: "jump", group: "flow", kind: "jump", icon: "corner-up-right", label: say("jump"), config: {} },
    { name: "exit", group: "flow", kind: "exit", icon: "logout-2", label: say("exit"), config: {} },
  ];
}

/** The word above the title: what kind of step this is. */
export function kindWord(step: Step, offers: Offers): string {
  if (step.kind === "action") {
    return offers.actions.find((action) => action.key === step.key)?.label ?? say("gone");
  }
  if (step.kind === "wait") {
    return say(step.config.until ? "until" : "delay");
  }
  return say(step.kind);
}

export function iconOf(step: Step, offers: Offers): string {
  switch (step.kind) {
    case "action":
      return offers.actions.find((action) => action.key === step.key)?.icon ?? "puzzle";
    case "decision":
      return offers.events.find((event) => event.key === step.key)?.icon ?? "arrows-split-2";
    case "wait":
      return step.config.until ? "calendar-time" : "hourglass";
    default:
      return { condition: "filter-question", split: "git-fork", goal: "flag-3", jump: "corner-up-right", exit: "logout-2" }[step.kind];
  }
}

/** What a step is called where its settings cannot be read yet. */
function fallbackTitle(step: Step, offers: Offers): string {
  return eventOf(step, offers)?.label ?? kindWord(step, offers);
}

function eventOf(step: Step, offers: Offers) {
  return offers.events.find((other) => other.key === step.key);
}

/** The title beneath the word of its kind, which it does not repeat. */
export function titleBelow(step: Step, titles: Record<string, string>, offers: Offers): string {
  return titles[step.id] ?? eventOf(step, offers)?.label ?? say("unfinished");
}

/** The name of a branch on its path. */
export function branchWord(branch: string, step: Step | undefined): string {
  if (branch === "no" && step?.kind === "decision" && step.config.within) {
    return say("no_after", { time: duration(String(step.config.within)) });
  }
  return { yes: say("yes"), no: say("no"), not_measurable: say("not_measurable"), next: "" }[branch] ?? branch;
}

const LARGER: Record<string, [number, string]> = { s: [60, "m"], m: [60, "h"] };

/** A time span in its largest whole unit of the clock: `60m` is an hour, `90m` stays. */
export function duration(text: string): string {
  const [, digits = "", name = ""] = /^(.*?)(mo|[a-z])$/.exec(text) ?? [];
  let [count, unit] = [Number(digits), name];
  for (let next = LARGER[unit]; next && count && count % next[0] === 0; next = LARGER[unit]) {
    [count, unit] = [count / next[0], next[1]];
  }
  return say(`${{ s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks", mo: "months", y: "years" }[unit] ?? "days"}_short`, { count });
}

export function titleOf(step: Step | undefined, id: string, titles: Record<string, string>, offers: Offers): string {
  if (id === START) {
    return say("start");
  }
  return titles[id] ?? (step ? fallbackTitle(step, offers) : id);
}
