// Which block of one state of a mail is which of another: the canvas is a little behind what is written.
import type { Block, Tree } from "./reading.ts";

/** By path, each block that stands in both; what the change went through is in neither. */
export function mapped(from: Tree, to: Tree): Map<string, string> {
  const [a, b] = [from.source, to.source];
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) {
    start += 1;
  }
  // What was put in begins with the same mark as what stands there.
  start = Math.max(a.lastIndexOf("<", start), 0);
  let same = 0;
  while (same < least - start && a[a.length - 1 - same] === b[b.length - 1 - same]) {
    same += 1;
  }
  const [end, shift] = [a.length - same, b.length - a.length];
  const places = new Map([...to.blocks.values()].map((block) => [key(block, block.from, block.to), block.path]));
  const found = new Map<string, string>();
  for (const block of from.blocks.values()) {
    const before = block.to <= start;
    const after = block.from >= end;
    if (before || after || (block.from <= start && block.to > end)) {
      const path = places.get(key(block, block.from + (after ? shift : 0), block.to + (before ? 0 : shift)));
      if (path !== undefined) {
        found.set(block.path, path);
      }
    }
  }
  return found;
}

function key({ name }: Block, from: number, to: number): string {
  return `${name} ${from} ${to}`;
}
