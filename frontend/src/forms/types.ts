// A form as the server keeps it, and what the page says of it.
export type Texts = Record<string, string>;

export interface Option {
  value: string;
  label?: string;
  labels?: Texts;
}

export interface Field {
  id: string;
  kind: string;
  name?: string;
  map?: string;
  required?: boolean;
  half?: boolean;
  from_address?: boolean;
  default?: string;
  least?: string;
  most?: string;
  blocked?: string;
  purpose?: string;
  options?: Option[];
  topics?: string[];
  show_if?: { field: string; op: string; values: string[] };
  label?: string;
  text?: string;
  help?: string;
  placeholder?: string;
  message?: string;
  [key: string]: unknown;
}

export interface Content {
  fields: Field[];
  title?: string;
  intro?: string;
  button?: string;
  thanks?: string;
  after: { do: string; url?: string };
  look: Record<string, string>;
  guard: { work?: boolean; unconfirmed?: boolean };
  [key: string]: unknown;
}

export interface Kind {
  key: string;
  label: string;
  icon: string;
  group: string;
  asks: boolean;
  options: boolean;
  limits: string;
  placeholder: boolean;
  fits: string[];
}

export interface Problem {
  field: string;
  code: string;
  message: string;
}

export interface Choice {
  value: string;
  label: string;
}

export interface Page {
  id: string;
  version: number;
  sitting: string;
  content: Content;
  language: string;
  published: boolean;
  changed: boolean;
  lacks: Problem[];
  languages: { code: string; name: string }[];
  groups: Record<string, string>;
  kinds: Kind[];
  fields: { alias: string; label: string; type: string; options: Choice[] }[];
  topics: Choice[];
  purposes: Choice[];
  preview: string;
  address: string;
  may: { edit: boolean; publish: boolean };
}
