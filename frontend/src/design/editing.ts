// What one can do to the selected block, by mouse and by key alike.
import { condition } from "./places";
import { stepFrom } from "./stepping";
import { OFFERS, type Offer } from "./catalogue";
import { after, withPiece, wrapped } from "./landing";
import { holds, levelOf } from "./levels";
import * as patching from "./patching";
import type { Piece } from "./pieces";
import { type Block, type Tree } from "./reading";
import * as store from "./store";
import { nameOf, say } from "./words";
import * as writing from "./writing";

export function select(path: string, focus = false): void {
  const { focus: count } = store.get();
  store.set({ selected: path, hovered: "", focus: focus ? count + 1 : count });
}

/** All that can be selected, in the order of the mail. */
export function order(tree: Tree): Block[] {
  return [...tree.blocks.values()].filter((block) => block.name === "mj-body" || levelOf(block.name));
}

function kids(block: Block): Block[] {
  return block.children;
}

export function insert(offer: Offer, place = after(store.get().tree, offer.level, store.get().selected)): void {
  const { tree } = store.get();
  if (!place || !tree.body) {
    store.announce(say("no_body"));
    return;
  }
  const made = offer.write(tree);
  const text = place.wrap ? wrapped(made) : made;
  const changed = patching.inserted(tree, place.parent, place.index, text, place.slot);
  if (changed) {
    // What was put in is selected, not the section made for it.
    const path = place.wrap ? `${changed.path}-0-0` : changed.path;
    store.change(changed.source, path);
    store.announce(say("added", { name: say(`offer_${offer.key}`) }));
  }
}

/** Put in what was copied, after what is selected. */
export function insertPiece(piece: Piece): void {
  const { tree, selected } = store.get();
  const changed = withPiece(tree, selected, piece);
  if (!changed) {
    store.announce(say("no_body"));
    return;
  }
  store.change(changed.source, changed.path);
  store.announce(say("pasted", { name: nameOf(piece.name) }));
  store.set({ focus: store.get().focus + 1 });
}

export function offerOf(key: string): Offer | undefined {
  return OFFERS.find((offer) => offer.key === key);
}

function apply(changed: patching.Changed | null, said: string): void {
  const block = store.selectedBlock();
  if (changed && block) {
    const before = condition(store.get().tree, block);
    store.change(changed.source, changed.path);
    const now = store.selectedBlock();
    const only = now ? condition(store.get().tree, now) : "";
    // Who moves it into a condition, or out of it, hears so.
    const where = said.startsWith("moved") && only !== before ? ` ${only ? say("only", { words: only }) : say("always")}` : "";
    store.announce(say(said, { name: nameOf(block.name) }) + where);
    store.set({ focus: store.get().focus + 1 });
  }
}

export function remove(): void {
  const { tree, selected } = store.get();
  apply(patching.removed(tree, selected), "removed");
}

export function duplicate(): void {
  const { tree, selected } = store.get();
  apply(patching.duplicated(tree, selected), "duplicated");
}

export function moveTo(path: string, parent: string, index: number, slot: number): void {
  store.set({ selected: path });
  apply(patching.moved(store.get().tree, path, parent, index, slot), "moved");
}

/** One place up or down, a statement being one, too; out of a column into the one before or after it. */
export function move(by: -1 | 1): void {
  const { tree, selected } = store.get();
  const block = tree.blocks.get(selected);
  const level = block && levelOf(block.name);
  if (!block?.parent || !level || !tree.body) {
    return;
  }
  const next = stepFrom(tree, block, by);
  if (next) {
    apply(patching.moved(tree, selected, block.parent.path, next.index, next.slot), by < 0 ? "moved_up" : "moved_down");
    return;
  }
  const homes = [...tree.blocks.values()].filter((each) => holds(each.name, level, block.name) && !`${each.path}-`.startsWith(`${block.path}-`));
  const home = homes[homes.indexOf(block.parent) + by];
  if (home && level !== "section") {
    apply(patching.moved(tree, selected, home.path, by < 0 ? kids(home).length : 0, by < 0 ? Infinity : 0), by < 0 ? "moved_up" : "moved_down");
  } else {
    store.announce(say("at_the_end"));
  }
}

/** Select the block before or after, or the one around. */
export function go(where: "next" | "previous" | "out" | "in"): void {
  const { tree, selected } = store.get();
  const all = order(tree);
  const at = all.findIndex((block) => block.path === selected);
  const here = all[at];
  const to = {
    next: all[at + 1],
    previous: all[Math.max(at - 1, 0)],
    out: here?.parent && tree.blocks.get(here.parent.path),
    in: here && all.find((block) => block.parent === here),
  }[where];
  if (to) {
    select(to.path, true);
  }
}

export function takeBack(): void {
  writing.end();
  if (store.undo()) {
    store.announce(say("undone"));
  }
}

export function again(): void {
  writing.end();
  if (store.redo()) {
    store.announce(say("redone"));
  }
}
