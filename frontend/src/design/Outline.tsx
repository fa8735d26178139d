// The mail as a tree: every block can be reached, read and moved without a pointer.
import { useEffect, useMemo, useRef } from "react";
import { Icon } from "../page/Icon";
import { ICONS } from "./catalogue";
import { order, select } from "./editing";
import { blockOf } from "./faulty";
import { condition } from "./places";
import { type Block, inner, own, type Tree } from "./reading";
import * as store from "./store";
import { useStore } from "./store";
import { TEMPLATE_TAG } from "./values";
import { nameOf, say } from "./words";
import { labelOf } from "./writing";

const LONG = 60;

/** The first words of a block, to know it by. */
export function gist(tree: Tree, block: Block): string {
  if (["mj-text", "mj-button", "mj-table", "mj-raw"].includes(block.name)) {
    const text = inner(tree, block).replace(TEMPLATE_TAG, (tag) => (tag.startsWith("{%") ? " " : `[${labelOf(tag)}]`)).replace(/<[^>]*>/g, " ").replace(/&nbsp;/g, " ");
    return text.replace(/\s+/g, " ").trim().slice(0, LONG);
  }
  if (block.name === "mj-image") {
    return own(block, "alt") || (own(block, "src") ?? "").split("/").at(-1)?.slice(0, LONG) || "";
  }
  return block.name === "mj-column" ? (own(block, "width") ?? "") : "";
}

export function Outline() {
  const tree = useStore((state) => state.tree);
  const selected = useStore((state) => state.selected);
  const faults = useStore((state) => state.faults);
  const focus = useStore((state) => state.focus);
  const list = useRef<HTMLDivElement>(null);
  const blocks = useMemo(() => order(tree), [tree]);
  const faulty = useMemo(() => new Set(faults.map((fault) => blockOf(tree, fault)?.path)), [tree, faults]);
  const stop = blocks.some((block) => block.path === selected) ? selected : (blocks[0]?.path ?? "");
  useEffect(() => {
    // After a step by key the focus goes where the selection went, also when its row is another by now.
    const inside = list.current?.contains(document.activeElement) || document.activeElement === document.body;
    const row = list.current?.querySelector<HTMLElement>('[tabindex="0"]');
    if (focus && inside) {
      row?.focus();
    }
    row?.scrollIntoView({ block: "nearest" });
  }, [focus, selected]);
  if (!tree.body) {
    return <p class="none">{say("no_body")}</p>;
  }
  return (
    <div class="outline" role="tree" aria-label={say("structure")} ref={list}>
      {blocks.map((block) => {
        const words = gist(tree, block);
        const only = condition(tree, block);
        return (
          <div
            key={block.path} class="piece" role="treeitem" data-level={Math.min(block.path.split("-").length, 6)} data-path={block.path}
            aria-level={block.path.split("-").length} aria-selected={block.path === selected} tabIndex={block.path === stop ? 0 : -1}
            onFocus={() => block.path !== store.get().selected && select(block.path)} onClick={() => select(block.path)}
            onMouseEnter={() => store.set({ hovered: block.path })} onMouseLeave={() => store.set({ hovered: "" })}
          >
            <Icon name={ICONS[block.name] ?? "point"} />
            <span class="kind">{nameOf(block.name)}</span>
            {words && <span class="gist">{words}</span>}
            {only && <span class="only" title={only}><Icon name="filter-question" /><span class="visually-hidden">{say("only", { words: only })}</span></span>}
            {faulty.has(block.path) && <span class="fault" title={say("faulty")}><Icon name="alert-circle" /><span class="visually-hidden">{say("faulty")}</span></span>}
          </div>
        );
      })}
    </div>
  );
}
