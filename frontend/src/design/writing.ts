// One text at a time is written in the frame; what writes is loaded when it is wanted first.
import { written as tokenSource } from "../code/tokens";
import type { TokenGroup } from "../code/code";
import { pageData } from "../page/words";
import * as frame from "./frame";
import { inner } from "./reading";
import { INNERMOST, withoutColours } from "./rich/colours";
import type { Writer } from "./rich/editor";
import { setContent } from "./setting";
import * as store from "./store";
import { nameOf, say } from "./words";

/** Told when the text in the frame gets the focus. */
export const FOCUSED = "relais:writes";
let writer: Writer | null = null;
/** The text one wants to write in as soon as it is drawn. */
let awaited = "";
/** The personal value that is put into it then. */
let brought = "";
store.whenOthersChange(() => end());
const labels = new Map(
  (pageData<TokenGroup[] | null>("email-tokens") ?? []).flatMap((group) => group.tokens.map((token) => [token.path, token.label] as const)),
);

export function current(): Writer["editor"] | null {
  return writer?.editor ?? null;
}

/** What a template tag is called in the text. */
export function labelOf(source: string): string {
  const path = /^\{\{[-+]?\s*([\w.]+)/.exec(source)?.[1] ?? "";
  return labels.get(path) ?? (source.startsWith("{{") ? path : source.replace(/^\{%[-+]?\s*|\s*[-+]?%\}$/g, ""));
}

/** Write in the selected text; false where there is none that can be written in the frame. */
export function begin(): boolean {
  const { tree, selected, writing } = store.get();
  const block = tree.blocks.get(selected);
  if (block?.name !== "mj-text") {
    return false;
  }
  if (writing !== selected) {
    void load(selected);
  }
  return true;
}

async function load(path: string): Promise<void> {
  const value = brought;
  brought = "";
  const { write } = await import("./rich/editor");
  const { tree, selected } = store.get();
  const block = tree.blocks.get(path);
  const place = frame.elementOf(path)?.querySelector<HTMLElement>(":scope > div") ?? frame.elementOf(path);
  if (selected !== path || !block) {
    return;
  }
  end();
  if (!place && frame.isBehind() && !store.get().stuck && !store.get().old) {
    awaited = path;
    brought = value;
    return;
  }
  if (!place) {
    // Under a condition that does not hold for whom it is drawn.
    plainly(path, "text_unseen");
    return;
  }
  // On a phone the panel lies over the text: it makes room.
  store.set({ writing: path, sheet: "", plain: "" });
  writer = write(place, inner(tree, block).trim(), {
    name: nameOf(block.name),
    label: labelOf,
    changed: (html) => setContent(path, html, store.writtenMark(path)),
    acted: () => store.set({ acts: store.get().acts + 1 }),
    focused: () => document.dispatchEvent(new Event(FOCUSED)),
  });
  if (!writer) {
    // More than lines, lists and links: changed as it is written, so that nothing is lost.
    plainly(path, "too_rich");
  } else if (value) {
    put(value);
  }
}

/** The canvas is drawn anew: go on with the text that was not on it. */
export function drawn(): void {
  const path = awaited;
  awaited = "";
  if (path && path === store.get().selected) {
    void load(path);
  } else {
    brought = "";
  }
}

/** Change a text as it is written in the code, and say why. */
function plainly(path: string, why: string): void {
  store.set({ writing: "", plain: path, plainly: why, sheet: "right" });
  store.announce(say(why));
  window.requestAnimationFrame(() => document.querySelector<HTMLElement>("#email-design .properties textarea")?.focus());
}

/** Leave the text; the canvas is drawn anew. */
export function end(): void {
  if (writer) {
    writer.end();
    writer = null;
    store.set({ writing: "" });
  }
}

/** Put a personal value into the text that is written, else at the end of the one that is selected; false where there is none. */
export function put(path: string): boolean {
  if (!writer) {
    brought = path;
    const begun = begin();
    brought = begun ? brought : "";
    return begun;
  }
  writer.editor.chain().focus().insertContent({ type: "tag", attrs: { source: tokenSource(path) } }).run();
  return true;
}

export function hrefOf(): string {
  const all = (writer?.editor.getAttributes("link").all ?? []) as [string, string][];
  return all.find(([name]) => name === "href")?.[1] ?? "";
}

export function link(href: string): void {
  const chain = writer?.editor.chain().focus().extendMarkRange("link");
  const all = ((writer?.editor.getAttributes("link").all ?? []) as [string, string][]).filter(([name]) => name !== "href");
  if (href.trim()) {
    chain?.setMark("link", { tag: "a", all: [["href", href.trim()], ...all] }).run();
  } else {
    chain?.unsetMark("link").run();
  }
}

export function colour(value: string): void {
  const mark = { tag: "span", level: INNERMOST, all: [["style", `color:${value}`]] };
  writer?.editor.chain().focus().command(({ tr }) => withoutColours(tr)).setMark("span", mark).run();
}

export function plain(): void {
  writer?.editor.chain().focus().unsetAllMarks().run();
}
