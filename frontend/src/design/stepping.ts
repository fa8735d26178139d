// One step by key: past a neighbour, or past a statement, into what it makes conditional or out of it.
import { gapBefore } from "./places.ts";
import type { Block, Tree } from "./reading.ts";

/** Before which child, and there after how many statements. */
export interface Place {
  index: number;
  slot: number;
}

/** The next place among its siblings; null at their end. */
export function stepFrom(tree: Tree, block: Block, by: -1 | 1): Place | null {
  const parent = block.parent as Block;
  const here = parent.children.indexOf(block);
  const passed = gapBefore(tree, parent, by < 0 ? here : here + 1).length;
  if (by < 0) {
    return passed ? { index: here, slot: passed - 1 } : here ? { index: here - 1, slot: Infinity } : null;
  }
  return passed ? { index: here + 1, slot: 1 } : here + 1 < parent.children.length ? { index: here + 2, slot: 0 } : null;
}
