// What the REST API says of campaigns, in the words of the canvas.
export type Kind = "action" | "condition" | "decision" | "wait" | "split" | "jump" | "goal" | "exit";
export type Config = Record<string, unknown>;

export interface Step {
  id: string;
  kind: Kind;
  key?: string;
  config: Config;
  position?: { x: number; y: number };
  note?: string;
}

export interface Path {
  from: string;
  to: string;
  branch: string;
}

export interface Graph {
  nodes: Step[];
  edges: Path[];
}

export type Source = { [key: string]: unknown };

/** What people edit and undo. */
export interface Doc {
  name: string;
  objective: string;
  sources: Source[];
  reentry: string;
  cooldown: string | null;
  // Per cent.
  holdout: number;
  on_leave: string;
  start_at: string | null;
  end_at: string | null;
  on_end: string;
  graph: Graph;
}

export interface Campaign extends Doc {
  id: string;
  state: "draft" | "published" | "unpublished";
  version: number;
  published_version: number | null;
  published_at: string | null;
  unpublished_at: string | null;
  updated_at: string;
}

export interface Problem {
  field: string;
  code: string;
  message: string;
  step: string;
  place: string;
}

export interface Changes {
  added: string[];
  removed: string[];
  edited: string[];
  anew: string[];
  paths: number;
  settings: string[];
}

/** The answer of campaigns/{id}/draft. */
export interface Draft {
  campaign: Campaign;
  problems: Problem[];
  titles: Record<string, string>;
  sources: string[];
  names: Record<string, Record<string, string>>;
  changes: Changes;
}

export interface Figures {
  waiting: number;
  done: number;
  yes: number;
  no: number;
  not_measurable: number;
  failed: number;
  came: number;
  skipped: number;
  failures: number;
  branches: Record<string, number>;
}

/** The figures that are counts, without those by branch. */
export type Counted = Exclude<keyof Figures, "branches">;

/** What was published, as campaigns/{id}/versions tells it. */
export interface Version {
  number: number;
  published_at: string;
  published_by: string | null;
  note: string;
  state: "newest" | "finishing" | "over";
}

export interface Statistics {
  nodes: Record<string, Figures>;
  /** Steps with figures that are drawn no more. */
  removed: Record<string, Pick<Step, "kind" | "key"> & { title: string }>;
  contacts: number;
  visits: number;
  active: number;
  left: number;
}

export interface Share {
  contacts: number;
  reached: number;
  rate: number | null;
}

/** The answer of campaigns/{id}/goals: shares from 0 to 1. */
export interface Goals {
  ways: Share | null;
  went: Share;
  held_out: Share;
  lift: { difference: number; low: number; high: number; certain: boolean } | null;
}

export interface Picks {
  kind: string;
  many: boolean;
  query: Record<string, string>;
}

export interface Choice {
  value: string;
  label: string;
}

export interface SettingField {
  name: string;
  label: string;
  help: string;
  required: boolean;
  type: "text" | "long_text" | "number" | "truth" | "choice" | "choices" | "date" | "moment" | "duration" | "secret" | "secret_pairs" | "pairs" | "json";
  // What a setting that is left empty means.
  assumed: string | number | null;
  picks: Picks | null;
  choices?: Choice[];
  min_value?: number;
  max_value?: number;
  max_length?: number;
}

export interface ActionOffer {
  key: string;
  label: string;
  icon: string;
  // What whoever chooses it must know.
  warning: string;
  // Whether nothing can follow it.
  final: boolean;
  fields: SettingField[];
}

export interface EventOffer {
  key: string;
  label: string;
  icon: string;
  subject: string;
  conditions: string[];
  numbers: string[];
  // Whether it shows that a person is active.
  active: boolean;
  measured: boolean;
  needs_consent: boolean;
}

export interface FieldOffer {
  alias: string;
  label: string;
  type: string;
  writable: boolean;
  options: Choice[];
}

export interface Offers {
  actions: ActionOffer[];
  events: EventOffer[];
  /** Keys of events that clients of the API have ever sent. */
  own_events: string[];
  fields: FieldOffer[];
  /** Fields of companies. */
  company_fields: FieldOffer[];
  /** Whose contacts and companies may become. */
  owner: FieldOffer;
}

export interface Page {
  id: string;
  may: { edit: boolean; publish: boolean; create: boolean };
  // Names this page in what it saves: an answer that is lost is no conflict with oneself.
  sitting: string;
  // Whether the reader sees people of their own alone.
  only_own: boolean;
  // Of the workspace, by whose days figures are told.
  zone: string;
}

/** Where the next step lands: on a path, or after a step. */
export interface Landing {
  after: string;
  branch?: string;
  before?: string;
}
