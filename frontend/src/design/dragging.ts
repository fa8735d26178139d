// Dragging from the palette and on the canvas: where it would land is drawn as a line.
import type { Offer } from "./catalogue";
import { insert, moveTo } from "./editing";
import * as frame from "./frame";
import { holds, levelOf, type Level } from "./levels";
import { conditionAt } from "./places";
import type { Block, Tree } from "./reading";
import * as store from "./store";
import type { Drop } from "./store";

export type Dragged = { offer: Offer } | { path: string };

const FAR = 6;
const EDGE = 48;
const THICK = 4;

interface Shown {
  block: Block;
  box: frame.Box;
}

function shown(tree: Tree, blocks: Block[]): Shown[] {
  return blocks.flatMap((block) => {
    const box = frame.boxOf(tree, block.path);
    return box ? [{ block, box }] : [];
  });
}

function within({ left, top, width, height }: frame.Box, x: number, y: number): boolean {
  return left <= x && x <= left + width && top <= y && y <= top + height;
}

/** The line before the nth of what stands below each other. */
function below(tree: Tree, parent: Block, x: number, y: number, wrap: boolean): Drop {
  const found = shown(tree, parent.children);
  const next = found.find(({ box }) => y < box.top + box.height / 2);
  const last = found.at(-1);
  const own = frame.boxOf(tree, parent.path) ?? { left: x, top: y, width: 200, height: 0 };
  const index = next ? parent.children.indexOf(next.block) : parent.children.length;
  const top = next ? next.box.top : last ? last.box.top + last.box.height : own.top + own.height / 2;
  // Beside what is under the pointer: a statement between the two is on the other side of it.
  const slot = next ? (y < next.box.top ? 0 : Infinity) : last && y <= top ? 0 : Infinity;
  return { parent: parent.path, index, slot, only: conditionAt(tree, parent, index, slot), wrap, line: { left: own.left, width: own.width, top: top - THICK / 2, height: THICK } };
}

function beside(tree: Tree, parent: Block, x: number): Drop | null {
  const found = shown(tree, parent.children);
  const own = frame.boxOf(tree, parent.path);
  if (!own) {
    return null;
  }
  const next = found.find(({ box }) => x < box.left + box.width / 2);
  const last = found.at(-1);
  const left = next ? next.box.left : last ? last.box.left + last.box.width : own.left;
  const index = next ? parent.children.indexOf(next.block) : parent.children.length;
  const slot = next ? (x < next.box.left ? 0 : Infinity) : last && x <= left ? 0 : Infinity;
  return { parent: parent.path, index, slot, only: conditionAt(tree, parent, index, slot), wrap: false, line: { left: left - THICK / 2, width: THICK, top: own.top, height: own.height } };
}

/** Where something would land at a place of the frame. */
export function target(tree: Tree, level: Level, name: string, x: number, y: number): Drop | null {
  const homes = shown(tree, [...tree.blocks.values()].filter((block) => holds(block.name, level, name)));
  const under = homes.filter(({ box }) => within(box, x, y)).at(-1);
  if (level === "column") {
    return under ? beside(tree, under.block, x) : null;
  }
  if (under) {
    return below(tree, under.block, x, y, false);
  }
  return tree.body ? below(tree, tree.body, x, y, level === "leaf") : null;
}

let stage: HTMLElement | null = null;

export function use(element: HTMLElement | null): void {
  stage = element;
}

/** Follow the pointer from a press; `scale` is where the frame begins for a press inside of it. */
export function begin(event: PointerEvent, dragged: Dragged, inFrame = false): void {
  if (event.button !== 0 || !event.isPrimary) {
    return;
  }
  const { tree } = store.get();
  const block = "path" in dragged ? tree.blocks.get(dragged.path) : undefined;
  const level = "offer" in dragged ? dragged.offer.level : block && levelOf(block.name);
  const catcher = (event.target as Element).ownerDocument;
  if (!level || block?.name === "mj-body") {
    return;
  }
  // The key is heard where the focus is.
  const pages = new Set([document, catcher]);
  const from = { x: event.clientX, y: event.clientY };
  let moving = false;
  const move = (now: PointerEvent) => {
    if (!moving && Math.hypot(now.clientX - from.x, now.clientY - from.y) < FAR) {
      return;
    }
    if (!moving) {
      moving = true;
      document.body.classList.add("dragging-block");
      document.body.classList.toggle("over-frame", !inFrame);
    }
    now.preventDefault();
    const at = stage?.querySelector("iframe")?.getBoundingClientRect();
    if (at && stage) {
      const [x, y] = inFrame ? [now.clientX, now.clientY] : [now.clientX - at.left, now.clientY - at.top];
      const over = inFrame ? y + at.top : now.clientY;
      scroll(stage, over);
      const outside = x < -40 || x > at.width + 40;
      store.set({ drop: outside ? null : allowed(target(tree, level, block?.name ?? "", x, y), block) });
    }
  };
  const end = (commit: boolean) => {
    catcher.removeEventListener("pointermove", move);
    catcher.removeEventListener("pointerup", up);
    catcher.removeEventListener("pointercancel", cancel);
    pages.forEach((page) => page.removeEventListener("keydown", escape, true));
    document.body.classList.remove("dragging-block", "over-frame");
    const { drop } = store.get();
    store.set({ drop: null });
    if (moving) {
      // The press that ends a drag is no click.
      catcher.addEventListener("click", swallow, { capture: true, once: true });
      window.setTimeout(() => catcher.removeEventListener("click", swallow, { capture: true }));
    }
    if (commit && moving && drop) {
      if ("offer" in dragged) {
        insert(dragged.offer, drop);
      } else if (!drop.wrap) {
        moveTo(dragged.path, drop.parent, drop.index, drop.slot);
      }
    }
  };
  const up = () => end(true);
  const cancel = () => end(false);
  const escape = (pressed: KeyboardEvent) => {
    if (pressed.key === "Escape") {
      pressed.preventDefault();
      pressed.stopPropagation();
      end(false);
    }
  };
  // The frame lets the pointer through while something is dragged from outside of it.
  catcher.addEventListener("pointermove", move);
  catcher.addEventListener("pointerup", up);
  catcher.addEventListener("pointercancel", cancel);
  pages.forEach((page) => page.addEventListener("keydown", escape, true));
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/** Nothing lands in itself; a leaf that is moved stays in a column. */
function allowed(drop: Drop | null, block: Block | undefined): Drop | null {
  const inside = drop && block && `${drop.parent}-`.startsWith(`${block.path}-`);
  return inside || (drop?.wrap && block) ? null : drop;
}

function scroll(element: HTMLElement, y: number): void {
  const { top, bottom } = element.getBoundingClientRect();
  if (y < top + EDGE) {
    element.scrollTop -= 12;
  } else if (y > bottom - EDGE) {
    element.scrollTop += 12;
  }
}
