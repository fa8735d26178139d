// Words and settings of the page that only the server knows, from the JSON it put there.

/** Read a JSON script element of the page by its id. */
export function pageData<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent || "null") as T;
}

const words = pageData<Record<string, string> | null>("page-words") ?? {};

/** The text of a key in the user's language, with its `%(names)s` filled in. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}
