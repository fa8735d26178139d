// The frame with the mail: what the server rendered, in a page of ours where no script runs.
import { mapped } from "./mapping";
import { mark } from "./patching";
import type { Tree } from "./reading";
import * as store from "./store";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

let frame: HTMLIFrameElement | null = null;
/** What the page in the frame was rendered from. */
let filled: Tree | null = null;
let links: { of: Tree | null; to: Tree | null; forth: Map<string, string>; back: Map<string, string> } | null = null;

/** From what is drawn to what is written by now, and back: one is a little behind the other. */
function linked(): { forth: Map<string, string>; back: Map<string, string> } {
  const { tree } = store.get();
  if (!links || links.of !== filled || links.to !== tree) {
    const forth = filled ? mapped(filled, tree) : new Map<string, string>();
    links = { of: filled, to: tree, forth, back: new Map([...forth].map(([drawn, now]) => [now, drawn])) };
  }
  return links;
}

export function use(element: HTMLIFrameElement | null): void {
  frame = element;
}

export function page(): Document | null {
  return frame?.contentDocument ?? null;
}

// In the frame, which knows no icons of ours.
const PICTURE = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 24 24" fill="none" stroke="#8a91a0" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">'
    + '<rect x="3" y="3" width="18" height="18" rx="3"/><path d="M15 8h.01M3 16l5-5c1-1 2-1 3 0l5 5M14 14l1-1c1-1 2-1 3 0l3 3"/></svg>',
);

// Beside the mail's own rules: what is empty can be seen, and nothing asks to be written in twice.
const OURS = `
  html { overflow: hidden; }
  html, body { height: auto !important; min-height: 0 !important; }
  body { cursor: default; }
  img:not([src]), img[src=""] { min-height: 96px; background: #e4e7ec url("${PICTURE}") center no-repeat; outline: 1px dashed #8a91a0; outline-offset: -1px; }
  a { cursor: default; }
  .relais-writing { position: relative; outline: none; cursor: text; white-space: pre-wrap; white-space: break-spaces; overflow-wrap: break-word; }
  .ProseMirror-hideselection *::selection { background: transparent; }
  .ProseMirror-separator { display: inline !important; min-height: 0 !important; border: 0 !important; margin: 0 !important; outline: 0 !important; width: 0 !important; height: 0 !important; }
  .relais-token { padding: 0 4px; border-radius: 4px; background: #edf2fe; color: #1e48b8; white-space: nowrap; }
  .relais-statement { padding: 0 4px; border-radius: 4px; background: #fdf2de; color: #8f5000; font-family: monospace; font-size: 12px; }
  .ProseMirror-selectednode { outline: 2px solid #2657d9; }
`;

/** Show a page; nothing of it that could act is let in, and nothing could: the frame has no scripts. */
export function fill(html: string, of: Tree | null): boolean {
  const view = frame?.contentWindow as (Window & typeof globalThis) | null | undefined;
  const old = page();
  if (!view || !old?.documentElement) {
    return false;
  }
  // Of the frame's own realm: one of ours would judge styles by the policy of this page.
  const made = new view.DOMParser().parseFromString(html, "text/html");
  made.querySelectorAll("script, base, link, iframe, object, embed, form, meta[http-equiv]").forEach((each) => each.remove());
  const style = made.createElement("style");
  style.textContent = OURS;
  made.head.append(style);
  made.querySelectorAll("a[href], area[href]").forEach((link) => link.setAttribute("tabindex", "-1"));
  old.replaceChild(old.adoptNode(made.documentElement), old.documentElement);
  filled = of;
  return true;
}

/** Whether something was changed since what is drawn was rendered. */
export function isBehind(): boolean {
  return filled !== store.get().tree;
}

export function height(): number {
  const body = page()?.body;
  return body ? Math.ceil(body.getBoundingClientRect().bottom + 8) : 0;
}

export function elementOf(path: string): HTMLElement | null {
  const drawn = linked().back.get(path);
  return drawn === undefined ? null : ((page()?.getElementsByClassName(mark(drawn))[0] as HTMLElement | undefined) ?? null);
}

/** Where a block is on the canvas; of one without a class of its own, where its children are. */
export function boxOf(tree: Tree, path: string): Box | null {
  const element = path === "b" ? page()?.body : elementOf(path);
  if (element) {
    const { left, top, width, height: tall } = element.getBoundingClientRect();
    return width || tall ? { left, top, width, height: tall } : null;
  }
  const boxes = (tree.blocks.get(path)?.children ?? []).flatMap((child) => boxOf(tree, child.path) ?? []);
  if (!boxes.length) {
    return null;
  }
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}

/** The path of the innermost block around an element of the frame; none where that is another by now. */
export function pathOf(target: EventTarget | null): string {
  for (let element = target as Element | null; element?.classList; element = element.parentElement) {
    const found = [...element.classList].find((name) => /^relais-b[-\d]*$/.test(name));
    if (found) {
      return linked().forth.get(found.slice("relais-".length)) ?? "";
    }
  }
  return "b";
}
