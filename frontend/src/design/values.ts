// Values and words as their author means them, and as they are written between template tags.

/** A template tag, to its first end mark outside quotes; content/tags.py has the same. */
export const TEMPLATE_TAG =
  /\{\{(?:"[^"]*"|'[^']*'|[^"']){0,2000}?\}\}|\{%(?:"[^"]*"|'[^']*'|[^"']){0,2000}?%\}/g;

const NAMED: Record<string, string> = { "&amp;": "&", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&lt;": "<", "&gt;": ">" };

/** Apply `change` to what stands between template tags; the tags stay. */
export function betweenTags(text: string, change: (part: string) => string): string {
  let at = 0;
  let made = "";
  for (const tag of text.matchAll(TEMPLATE_TAG)) {
    made += change(text.slice(at, tag.index)) + tag[0];
    at = tag.index + tag[0].length;
  }
  return made + change(text.slice(at));
}

/** What stands between template tags. */
export function withoutTags(text: string): string {
  return text.replace(TEMPLATE_TAG, "");
}

/** Whether something begins in it that has no end: a template tag, a comment, a tag of MJML. */
export function unfinished(text: string): boolean {
  const rest = withoutTags(text).replace(/<!--[^]*?-->/g, "");
  return /\{\{|\{%|<!--|<\/?mj[^>]*$/i.test(rest);
}

export function decoded(raw: string): string {
  return betweenTags(raw, (part) => part.replace(/&(?:amp|quot|apos|#39|lt|gt);/g, (name) => NAMED[name]));
}

/** Write for a place between such quotes, or none. Names of characters stay as they were typed, unless `all` is text. */
export function encoded(value: string, quote = '"', all = false): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", [quote]: quote === '"' ? "&quot;" : "&#39;" };
  const wanted = all ? /[&<"']/g : /&(?!#?\w+;)|[<"']/g;
  return betweenTags(value, (part) => part.replace(wanted, (mark) => marks[mark] ?? mark));
}

function faithful(value: string, quote: string): string {
  const made = encoded(value, quote);
  return decoded(made) === value ? made : encoded(value, quote, true);
}

/** Write a value where `raw` stood: what it shares with that at both ends stays as it was written. */
export function restated(raw: string, value: string, quote: string): string {
  const pieces = raw.match(new RegExp(`${TEMPLATE_TAG.source}|&\\w+;|&#\\w+;|[^]`, "g")) ?? [];
  const meant = pieces.map(decoded);
  let [first, from, last, to] = [0, 0, pieces.length, value.length];
  while (first < last && value.startsWith(meant[first], from)) {
    from += meant[first].length;
    first += 1;
  }
  if (pieces[first - 1] === "&") {
    // What comes after it now might make a name of it.
    first -= 1;
    from -= 1;
  }
  while (last > first && to - meant[last - 1].length >= from && value.slice(0, to).endsWith(meant[last - 1])) {
    last -= 1;
    to -= meant[last].length;
  }
  const made = pieces.slice(0, first).join("") + faithful(value.slice(from, to), quote) + pieces.slice(last).join("");
  return decoded(made) === value ? made : faithful(value, quote);
}
