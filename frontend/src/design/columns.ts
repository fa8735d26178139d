// The columns of a section: how many there are, and how wide.
import { joined, opened, patched, placed, removal, withAttribute, type Changed } from "./patching.ts";
import { gapBefore, unit } from "./places.ts";
import { type Block, own, read, type Tree } from "./reading.ts";

/** Those one can choose; an empty width is an equal share. */
export const LAYOUTS = [[""], ["", ""], ["", "", ""], ["", "", "", ""], ["33.33%", "66.67%"], ["66.67%", "33.33%"]];

/** The widths of a section's columns; null where it has more than columns, or a column under a condition or in a loop. */
export function widthsOf(tree: Tree, section: Block): string[] | null {
  const { children } = section;
  const isFree = (child: Block) => unit(tree, child).from === child.from && unit(tree, child).to === child.to;
  const plain = children.every((child, index) => child.name === "mj-column" && isFree(child) && !gapBefore(tree, section, index).length);
  return plain && !gapBefore(tree, section, children.length).length ? children.map((child) => own(child, "width") ?? "") : null;
}

/** Give a section columns of such widths: new ones hold the block `fresh`, what stood in one too many goes into the last that stays. */
export function withColumns(tree: Tree, path: string, widths: string[], fresh: string): Changed | null {
  const section = tree.blocks.get(path);
  const before = section && widthsOf(tree, section);
  if (!section || !before || before.join() === widths.join()) {
    return null;
  }
  let made = tree;
  for (let more = before.length; more < widths.length; more += 1) {
    const here = made.blocks.get(path) as Block;
    made = read(patched(made.source, [placed(made, here, here.children.length, `<mj-column>\n  ${fresh}\n</mj-column>`, Infinity)]));
  }
  for (let less = before.length; less > widths.length; less -= 1) {
    made = read(withoutLast(made, path));
  }
  const columns = (made.blocks.get(path) as Block).children;
  const patches = columns.flatMap((column, index) => withAttribute(made, column, "width", widths[index] ?? ""));
  const after = read(patched(made.source, joined(patches)));
  const more = widths.length - before.length;
  // Where something is open that never ends, columns would be lost in it.
  const whole = after.blocks.size === tree.blocks.size + (more > 0 ? 2 * more : more) && widthsOf(after, after.blocks.get(path) as Block)?.join() === widths.join();
  return whole ? { source: after.source, path } : null;
}

/** Take the last column away; what it holds goes to the end of the one before. */
function withoutLast(tree: Tree, path: string): string {
  const [kept, gone] = (tree.blocks.get(path) as Block).children.slice(-2);
  // As it is: white space may mean something in it.
  const text = tree.source.slice(gone.innerFrom, gone.innerTo).trimEnd();
  const away = removal(tree, gone);
  if (!text) {
    return patched(tree.source, [away]);
  }
  const at = kept.innerFrom + tree.source.slice(kept.innerFrom, kept.innerTo).trimEnd().length;
  return patched(tree.source, [kept.alone ? opened(tree, kept, text) : { from: at, to: at, text }, away]);
}
