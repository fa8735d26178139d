// The HTML of a text: read for writing in it, and written back as its author would have.
import type { Mark, Node as Piece } from "@tiptap/pm/model";
import { betweenTags, TEMPLATE_TAG } from "../reading";

export type Attributes = [string, string][];

/** A style as its author wrote it, where the browser would write it anew or the policy of the page would complain. */
export const STYLE = "data-relais-style";

const HELD = /\uE001(\d+)\uE002/g;
/** A template tag that is half typed is text, and opens nothing. */
const HALF = /\{(?=[{%]|$)/g;
const BLOCKS = new Set(["P", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "UL", "OL"]);
const ALONE = new Set(["BR", "HR", "IMG"]);

export interface Read {
  body: HTMLElement;
  tags: string[];
}

/** Read HTML in the frame's realm; template tags in text become elements, those in attributes marks. */
export function parsed(view: Window & typeof globalThis, html: string): Read {
  const tags: string[] = [];
  const held = html.replace(TEMPLATE_TAG, (tag) => `\uE001${tags.push(tag) - 1}\uE002`);
  const page = new view.DOMParser().parseFromString(`<body>${held}</body>`, "text/html");
  const walker = page.createTreeWalker(page.body, 4);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    texts.push(walker.currentNode as Text);
  }
  // Attributes carry their tags themselves: what is copied is pasted into another text.
  for (const element of page.body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes].filter((each) => each.value.includes("\uE001"))) {
      element.setAttribute(name, value.replace(HELD, (_, index: string) => tags[Number(index)]));
    }
  }
  for (const text of texts) {
    const parts = text.data.split(HELD);
    if (parts.length > 1) {
      const made = parts.map((part, index): Node => (index % 2 ? chip(page, tags[Number(part)]) : page.createTextNode(part)));
      text.replaceWith(...made.filter((node) => node.nodeType === 1 || node.textContent));
    }
  }
  wrapBare(page);
  return { body: page.body, tags };
}

function chip(page: Document, source: string): HTMLElement {
  const element = page.createElement("relais-tag");
  element.setAttribute("source", source);
  return element;
}

/** What stands in no block of its own gets one that is not written back. */
function wrapBare(page: Document): void {
  let bare: HTMLElement | null = null;
  for (const node of [...page.body.childNodes]) {
    if (node.nodeType === 1 && BLOCKS.has((node as Element).tagName)) {
      bare = null;
    } else if (bare || node.nodeType === 1 || node.textContent?.trim()) {
      if (!bare) {
        bare = page.createElement("relais-line");
        node.before(bare);
      }
      bare.append(node);
    }
  }
  if (!page.body.childNodes.length) {
    page.body.append(page.createElement("relais-line"));
  }
}

function escaped(text: string): string {
  return betweenTags(text, (part) => part.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, "&nbsp;").replace(HALF, "&#123;"));
}

function opening(tag: string, attributes: Attributes): string {
  const written = attributes.map(([name, value]) => ` ${name}="${betweenTags(value, (part) => part.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(HALF, "&#123;"))}"`);
  return `<${tag}${written.join("")}>`;
}

const TAGS: Record<string, string> = { bulletList: "ul", orderedList: "ol", listItem: "li" };

function tagOf(mark: Mark): string {
  return mark.attrs.tag as string;
}

/** Write a document of the editor as HTML. */
export function written(doc: Piece, tags: string[]): string {
  const restore = (html: string) => html.replace(HELD, (_, index: string) => tags[Number(index)] ?? "");
  const parts: string[] = [];
  doc.forEach((block, _, index) => {
    const before = index > 0 ? doc.child(index - 1) : null;
    const bare = block.type.name === "paragraph" && !block.attrs.tag;
    // Two lines without blocks of their own are two lines all the same.
    parts.push((bare && before?.type.name === "paragraph" && !before.attrs.tag ? "<br />" : "") + blockOf(block));
  });
  return restore(parts.join(""));
}

function blockOf(block: Piece): string {
  const all = (block.attrs.all ?? []) as Attributes;
  if (block.type.name === "paragraph") {
    const tag = block.attrs.tag as string;
    return tag ? `${opening(tag, all)}${inlineOf(block)}</${tag}>` : inlineOf(block);
  }
  const tag = TAGS[block.type.name];
  let inside = "";
  block.forEach((child) => (inside += blockOf(child)));
  return `${opening(tag, all)}${inside}</${tag}>`;
}

function inlineOf(block: Piece): string {
  let html = "";
  const open: Mark[] = [];
  const close = (to: number) => {
    while (open.length > to) {
      html += `</${tagOf(open.pop() as Mark)}>`;
    }
  };
  block.forEach((piece) => {
    // As they were read: of two colours the inner one is seen.
    const marks = [...piece.marks].sort((a, b) => (a.attrs.level as number) - (b.attrs.level as number));
    const same = marks.findIndex((mark, index) => !open[index]?.eq(mark));
    close(same < 0 ? marks.length : same);
    for (const mark of marks.slice(open.length)) {
      open.push(mark);
      html += opening(tagOf(mark), mark.attrs.all as Attributes);
    }
    html += piece.isText ? escaped(piece.text ?? "") : piece.type.name === "hardBreak" ? "<br />" : (piece.attrs.source as string);
  });
  close(0);
  return html;
}

/** What HTML says, whatever its spaces and the way its tags are written. */
export function sense(view: Window & typeof globalThis, html: string): string {
  const page = new view.DOMParser().parseFromString(`<body>${html.replace(TEMPLATE_TAG, (tag) => `\uE001${[...tag].map((mark) => mark.charCodeAt(0)).join("-")}\uE002`)}</body>`, "text/html");
  const tell = (node: Node): string => {
    if (node.nodeType === 3) {
      return (node.textContent ?? "").replace(/[ \t\r\n\f]+/g, " ");
    }
    if (node.nodeType !== 1) {
      return node.nodeType === 8 ? "<!>" : "";
    }
    const element = node as Element;
    const attributes = [...element.attributes].map(({ name, value }) => `${name}=${value}`).sort().join("|");
    const inside = ALONE.has(element.tagName) ? "" : [...element.childNodes].map(tell).join("");
    return `<${element.tagName} ${attributes}>${inside}</>`;
  };
  return [...page.body.childNodes].map(tell).join("").replace(/ *(<\/?(?:P|DIV|H\d|UL|OL|LI|BR)\b[^>]*>|<\/>) */g, "$1").replace(/ +/g, " ").trim();
}

const KEPT = new Set(["P", "BR", "B", "STRONG", "I", "EM", "U", "S", "A", "UL", "OL", "LI", "H1", "H2", "H3"]);
const GONE = "script, style, meta, link, title, xml, iframe, object, form, input, button, svg, img";

/** By this a slice is known as copied here: its value is known to the pages of Relais in this browser alone. */
export const OURS = "data-relais-slice";

/** What is pasted keeps its words, lists, links and emphasis; its looks and tags only where it was copied with the secret. */
export function cleaned(view: Window & typeof globalThis, html: string, secret: string): string {
  const page = new view.DOMParser().parseFromString(html.replace(/[\uE001\uE002]/g, ""), "text/html");
  page.querySelectorAll(GONE).forEach((each) => each.remove());
  page.querySelectorAll("relais-tag").forEach((each) => isWhole(each.getAttribute("source") ?? "") || each.replaceWith(...each.childNodes));
  return ([...page.querySelectorAll(`[${OURS}]`)].some((each) => each.getAttribute(OURS) === secret) ? asWritten(page) : plainer(page)).replace(/<!--[^]*?-->/g, "");
}

function isWhole(source: string): boolean {
  return source.match(TEMPLATE_TAG)?.[0] === source;
}

const OWN = new Set([...KEPT, "RELAIS-TAG", "SPAN", "FONT", "SMALL", "SUP", "SUB", "STRIKE", "DEL", "DIV", "H4", "H5", "H6"]);
const LOOKS = new Set(["style", "class", "title", "target", "rel", "align", "color", "face", "size", "dir", "lang", "type", "start", "data-pm-slice"]);

/** What was cut or copied from a text of a mail comes back as it was; others may only look like it. */
function asWritten(page: Document): string {
  for (const element of [...page.body.querySelectorAll("*")]) {
    const isTag = element.tagName === "RELAIS-TAG";
    for (const { name, value } of [...element.attributes]) {
      const link = name === "href" && /^(https?:|mailto:|tel:|#|\{\{)/i.test(value.trim());
      const look = (LOOKS.has(name) || name === STYLE) && !/url\(|expression/i.test(value);
      if (isTag ? name !== "source" && name !== "data-pm-slice" : !link && !look) {
        element.removeAttribute(name);
      }
    }
    holdStyle(element);
    if (!OWN.has(element.tagName)) {
      element.replaceWith(...element.childNodes);
    } else if (element.tagName === "DIV" && [...element.attributes].every(({ name }) => name === "data-pm-slice")) {
      // A line that has no block of its own in the mail.
      const line = page.createElement("relais-line");
      [...element.attributes].forEach(({ name, value }) => line.setAttribute(name, value));
      line.append(...element.childNodes);
      element.replaceWith(line);
    }
  }
  return page.body.innerHTML;
}

/** What is pasted is read in the page around, whose policy allows no styles. */
function holdStyle(element: Element): void {
  const style = element.getAttribute(STYLE) ?? element.getAttribute("style");
  if (style !== null) {
    // In its place among the others.
    const all = [...element.attributes].filter(({ name }) => name !== STYLE).map(({ name, value }) => [name === "style" ? STYLE : name, name === "style" ? style : value]);
    [...element.attributes].forEach(({ name }) => element.removeAttribute(name));
    all.forEach(([name, value]) => element.setAttribute(name, value));
  }
}

function plainer(page: Document): string {
  for (const element of [...page.body.querySelectorAll<HTMLElement>("*")]) {
    const { fontWeight, fontStyle } = element.style;
    const link = element.tagName === "A" ? (element.getAttribute("href") ?? "") : "";
    const means = (wanted: string) => page.createElement(wanted);
    const heavy = Number(fontWeight) >= 600 || fontWeight === "bold";
    const light = fontWeight === "normal" || fontWeight === "400";
    [...element.attributes].forEach(({ name }) => element.removeAttribute(name));
    // Nobody sees the tags of an address, which could tell others who reads.
    if (/^(https?:|mailto:|tel:)/i.test(link) && !/\{[{%#]/.test(link)) {
      element.setAttribute("href", link);
    }
    let inside = [...element.childNodes];
    for (const tag of [heavy && element.tagName === "SPAN" && "b", fontStyle === "italic" && element.tagName === "SPAN" && "i"]) {
      if (tag) {
        const around = means(tag);
        around.append(...inside);
        element.append(around);
        inside = [around];
      }
    }
    const isPlainBold = (element.tagName === "B" || element.tagName === "STRONG") && light;
    if (!KEPT.has(element.tagName) || isPlainBold || (element.tagName === "A" && !element.hasAttribute("href"))) {
      if (element.tagName === "DIV" || element.tagName === "TR") {
        const line = means("p");
        line.append(...inside);
        element.replaceWith(line);
      } else {
        element.replaceWith(...inside);
      }
    }
  }
  return page.body.innerHTML;
}
