// What a text finds, the likeliest first: names that begin with it, then with a word that does, then the rest.

/** A text as it is compared: without accents and capitals. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

function rank(label: string, wanted: string): number {
  if (label.startsWith(wanted)) {
    return label.length === wanted.length ? 0 : 1;
  }
  return label.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 2 : 3;
}

/** The same lines, the likeliest first; equals keep their order. */
export function ranked<T>(lines: T[], text: string, nameOf: (line: T) => string): T[] {
  const wanted = fold(text.trim());
  if (!wanted) {
    return lines;
  }
  const ranks = new Map(lines.map((line) => [line, rank(fold(nameOf(line)), wanted)]));
  return [...lines].sort((one, other) => ranks.get(one)! - ranks.get(other)!);
}

/** Groups of ranked lines in the order of their best one; empty ones are left out. */
export function grouped<G, T>(groups: G[], lines: T[], within: (line: T, group: G) => boolean, text: string): { group: G; lines: T[] }[] {
  const full = groups
    .map((group) => ({ group, lines: lines.filter((line) => within(line, group)) }))
    .filter((one) => one.lines.length);
  return text.trim() ? full.sort((one, other) => lines.indexOf(one.lines[0]) - lines.indexOf(other.lines[0])) : full;
}
