// What one can do to the selected block, by mouse and by key alike.
import { condition } from "./places";
import { stepFrom } from "./stepping";
import { OFFERS, type Offer, sectioned, wrapped } from "./catalogue";
import { holds, levelOf, type Level } from "./levels";
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

/** Where something new goes when it is pressed instead of dragged: after what is selected. */
export function after(tree: Tree, level: Level, from: string, name = ""): { parent: string; index: number; slot: number; wrap: boolean } | null {
  let block = tree.blocks.get(from) ?? tree.body;
  if (!block || !tree.body) {
    return null;
  }
  if (level === "leaf") {
    const inside = holder(block);
    if (inside) {
      return { parent: inside.path, index: inside.children.length, slot: Infinity, wrap: false };
    }
  }
  // Upwards to where it may stand beside, or in, what is selected.
  for (; block; block = block.parent as Block) {
    if (block.parent && holds(block.parent.name, level, name)) {
      return { parent: block.parent.path, index: kids(block.parent).indexOf(block) + 1, slot: 0, wrap: false };
    }
    if (block === tree.body) {
      break;
    }
  }
  return { parent: tree.body.path, index: kids(tree.body).length, slot: Infinity, wrap: level === "leaf" };
}

/** The last column of what is selected, when that is no leaf itself. */
function holder(block: Block): Block | null {
  if (holds(block.name, "leaf")) {
    return block;
  }
  const columns = ["mj-section", "mj-group", "mj-wrapper"].includes(block.name) ? kids(block) : [];
  return columns.length ? holder(columns[columns.length - 1]) : null;
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
export function insertPiece({ name, level, text }: Piece): void {
  const { tree, selected } = store.get();
  const place = after(tree, level, selected, name);
  const parent = place && tree.blocks.get(place.parent);
  if (!place || !parent) {
    store.announce(say("no_body"));
    return;
  }
  const bare = parent.name === "mj-body" && level === "column";
  const whole = place.wrap ? wrapped(text) : bare ? sectioned(text) : text;
  const changed = patching.inserted(tree, place.parent, place.index, whole, place.slot);
  if (changed) {
    store.change(changed.source, changed.path + (place.wrap ? "-0-0" : bare ? "-0" : ""));
    store.announce(say("pasted", { name: nameOf(name) }));
    store.set({ focus: store.get().focus + 1 });
  }
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
