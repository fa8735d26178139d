// Words and settings of the page that only the server knows, from the JSON it put there.

/** Read a JSON script element of the page by its id. */
export function pageData<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent || "null") as T;
}

/** A text, or the one for a single thing and that for several. */
export type Words = Record<string, string | [string, string]>;

const words = pageData<Words | null>("page-words") ?? {};

/** Choose between one and several by `count`, as the language of the page does. */
export function chosen(text: string | [string, string], values: Record<string, string | number>): string {
  if (typeof text === "string") {
    return text;
  }
  const one = new Intl.PluralRules(document.documentElement.lang).select(Number(values.count)) === "one";
  return text[one ? 0 : 1];
}

/** The text of a key in the user's language, with its `%(names)s` filled in. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  return chosen(words[key] ?? key, values).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}
