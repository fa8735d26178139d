// What a text of a mail is made of: lines, lists, emphasis, links, and template tags that stay whole.
import { Extension, Mark, mergeAttributes, Node } from "@tiptap/core";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import { UndoRedo } from "@tiptap/extensions";
import type { Node as Piece } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";
import { type Attributes, STYLE } from "./markup";

/** All attributes as they were written; of a style, the browser keeps its own words, so that it is carried beside. */
const ALL = {
  all: {
    default: [] as Attributes,
    parseHTML: (element: HTMLElement): Attributes => {
      const own = [...element.attributes].filter(({ name }) => name !== "data-pm-slice" && !(name === "style" && element.hasAttribute(STYLE)));
      return own.map(({ name, value }) => [name === STYLE ? "style" : name, value]);
    },
    renderHTML: ({ all }: Record<string, unknown>) => {
      const own = (all as Attributes).filter(([name]) => !/^on/i.test(name));
      return Object.fromEntries(own.flatMap(([name, value]) => (name === "style" ? [[name, value], [STYLE, value]] : [[name, value]])));
    },
  },
};

function depth(element: HTMLElement): number {
  return element.parentElement ? depth(element.parentElement) + 1 : 0;
}

const tagged = (usual: string) => ({
  // How deep it was read; what is new stands innermost.
  level: { default: 999, parseHTML: depth, renderHTML: () => ({}) },
  tag: { default: usual, parseHTML: (element: HTMLElement) => element.tagName.toLowerCase(), renderHTML: () => ({}) },
  ...ALL,
});

const Doc = Node.create({ name: "doc", topNode: true, content: "block+" });
const Text = Node.create({ name: "text", group: "inline" });

const Paragraph = Node.create({
  name: "paragraph",
  group: "block",
  content: "inline*",
  addAttributes: () => ({
    tag: {
      default: "",
      parseHTML: (element: HTMLElement) => (element.tagName === "RELAIS-LINE" ? "" : element.tagName.toLowerCase()),
      renderHTML: () => ({}),
    },
    ...ALL,
  }),
  parseHTML: () => ["relais-line", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6"].map((tag) => ({ tag })),
  renderHTML: ({ node, HTMLAttributes }) => [(node.attrs.tag as string) || "div", HTMLAttributes, 0],
  addKeyboardShortcuts() {
    // A line without a block of its own has no other way to end.
    const broken = () => this.editor.commands.insertContent({ type: "hardBreak" });
    return {
      "Shift-Enter": broken,
      Enter: () => !this.editor.isActive("listItem") && this.editor.state.selection.$from.parent.attrs.tag === "" && broken(),
    };
  },
});

const HardBreak = Node.create({ name: "hardBreak", group: "inline", inline: true, selectable: false, parseHTML: () => [{ tag: "br" }], renderHTML: () => ["br"] });

export const Tag = Node.create({
  name: "tag",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  addOptions: () => ({ label: (source: string) => source }),
  addAttributes: () => ({ source: { default: "", parseHTML: (element: HTMLElement) => element.getAttribute("source"), renderHTML: () => ({}) } }),
  parseHTML: () => [{ tag: "relais-tag" }],
  renderHTML({ node }) {
    const source = node.attrs.source as string;
    const kind = source.startsWith("{%") ? "relais-statement" : "relais-token";
    return ["relais-tag", mergeAttributes({ class: kind, source, title: source }), this.options.label(source)];
  },
});

function mark(name: string, tags: string[]) {
  return Mark.create({
    name, excludes: name === "span" ? "" : name, inclusive: name !== "link",
    addAttributes: () => tagged(tags[0]),
    parseHTML: () => tags.map((tag) => ({ tag })),
    renderHTML: ({ mark: of, HTMLAttributes }) => [of.attrs.tag as string, HTMLAttributes, 0],
    addKeyboardShortcuts() {
      const key = { bold: "Mod-b", italic: "Mod-i", underline: "Mod-u", strike: "Mod-Shift-s" }[name];
      return key ? { [key]: () => this.editor.commands.toggleMark(name) } : {};
    },
  });
}

function depths(doc: Piece): boolean {
  let depth = 0;
  let whole = true;
  doc.descendants((node) => {
    const source = node.type.name === "tag" ? (node.attrs.source as string) : "";
    depth += /^\{%[-+]?\s*(?:if|for)\b/.test(source) ? 1 : /^\{%[-+]?\s*end(?:if|for)\b/.test(source) ? -1 : 0;
    const between = /^\{%[-+]?\s*(?:else|elif)\b/.test(source) && depth === 0;
    whole &&= depth >= 0 && !between;
  });
  return whole && depth === 0;
}

/** A condition keeps its end: what would take one away without the other is not done. */
const Whole = Extension.create({
  name: "whole",
  addProseMirrorPlugins: () => [
    new Plugin({ filterTransaction: (step, state) => !step.docChanged || depths(step.doc) || !depths(state.doc) }),
  ],
});

export function extensions(label: (source: string) => string) {
  const keeps = { addAttributes: () => ALL };
  return [
    Doc, Paragraph, Text, HardBreak, Tag.configure({ label }), BulletList.extend(keeps), OrderedList.extend(keeps), ListItem.extend(keeps),
    mark("link", ["a"]), mark("span", ["span", "font", "small", "sup", "sub"]), mark("bold", ["b", "strong"]), mark("italic", ["i", "em"]),
    mark("underline", ["u"]), mark("strike", ["s", "strike", "del"]), UndoRedo, Whole,
  ];
}
