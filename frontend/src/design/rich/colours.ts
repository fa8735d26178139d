// The colours of words: one that is chosen takes the place of the one before.
import type { Mark } from "@tiptap/pm/model";
import type { Transaction } from "@tiptap/pm/state";

/** The level of a mark that is new: it stands inside those that were read. */
export const INNERMOST = 999;

/** Whether a mark says a colour and nothing else. */
function isColour(mark: Mark): boolean {
  const [only, ...more] = (mark.attrs.all ?? []) as [string, string][];
  if (mark.type.name !== "span" || !only || more.length) {
    return false;
  }
  return only[0] === "style" ? /^\s*color\s*:[^;]*;?\s*$/i.test(only[1]) : mark.attrs.tag === "font" && only[0] === "color";
}

/** Take the colours of what is selected away, or of what is typed next. Always true, as a command that may go on. */
export function withoutColours(tr: Transaction): boolean {
  const { from, to, empty, $head } = tr.selection;
  if (empty) {
    tr.setStoredMarks((tr.storedMarks ?? $head.marks()).filter((mark) => !isColour(mark)));
    return true;
  }
  tr.doc.nodesBetween(from, to, (node, at) => {
    for (const mark of node.marks.filter(isColour)) {
      tr.removeMark(Math.max(from, at), Math.min(to, at + node.nodeSize), mark);
    }
  });
  return true;
}
