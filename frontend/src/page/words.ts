// Words and settings of the page that only the server knows, from the JSON it put there.

/** Read a JSON script element of the page by its id. */
export function pageData<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent || "null") as T;
}

/** A text, or the one for a single thing and that for several. */
export type Words = Record<string, string | [string, string]>;

const words = pageData<Words | null>("page-words") ?? {};

const language = document.documentElement.lang || "en";
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

/** Write a number with the thousands of the reader's language. */
export function number(value: number): string {
  return numbers.format(value);
}

/** Take the form for `count`, and fill `%(names)s` in. */
export function filled(text: string | [string, string], values: Record<string, string | number>): string {
  const form = typeof text === "string" ? text : text[plurals.select(Number(values.count)) === "one" ? 0 : 1];
  return form.replace(/%\((\w+)\)s/g, (_, name) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

/** The text of a key in the user's language, with its `%(names)s` filled in. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  return filled(words[key] ?? key, values);
}
