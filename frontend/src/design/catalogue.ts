// What an email is made of: what may be put in, where it may stand, and what can be set of it.
import { add, list } from "../audiences/list";
import type { Level } from "./levels";
import { encoded, type Tree } from "./reading";
import { lookOf } from "./rules";
import { say } from "./words";

export { HIDES } from "./rules";

export interface Offer {
  key: string;
  icon: string;
  group: "sections" | "content";
  level: Level;
  /** Widths of its columns, for the picture of a section. */
  columns?: number[];
  write: (tree: Tree) => string;
}

export const ICONS: Record<string, string> = {
  "mj-body": "mail", "mj-section": "section", "mj-wrapper": "brackets-contain", "mj-hero": "photo", "mj-column": "columns-1",
  "mj-group": "columns-2", "mj-text": "typography", "mj-image": "photo", "mj-button": "square-rounded-arrow-right",
  "mj-divider": "separator-horizontal", "mj-spacer": "spacing-vertical", "mj-social": "brand-instagram", "mj-table": "table",
  "mj-raw": "code", "mj-navbar": "menu-2", "mj-accordion": "list-details", "mj-carousel": "photo",
};

const TEXT = (words: string, more = "") => `<mj-text${more}>${encoded(words)}</mj-text>`;

/** What a new column holds. */
export function sample(): string {
  return TEXT(say("sample_text"));
}

function section(...widths: string[]): () => string {
  const column = (width: string) => `  <mj-column${width && ` width="${width}"`}>\n    ${sample()}\n  </mj-column>`;
  return () => `<mj-section background-color="#ffffff">\n${widths.map(column).join("\n")}\n</mj-section>`;
}

const FOOTER = () => `<mj-section>
  <mj-column>
    <mj-text align="center" font-size="12px" line-height="18px" color="#636b7a">
      {% if footer_reason %}{{ footer_reason }}<br />{% endif %}
      {% if postal_address %}{{ postal_address }}<br />{% endif %}
      <a href="{{ preferences_url }}" style="color:#636b7a">${encoded(say("sample_preferences"))}</a> ·
      <a href="{{ unsubscribe_url }}" style="color:#636b7a">${encoded(say("sample_leave"))}</a>
    </mj-text>
  </mj-column>
</mj-section>`;

/** What a button looks like where the email says nothing of all of them. */
function asButtons(tree: Tree): string {
  const usual = { "background-color": "#2657d9", "border-radius": "6px", "inner-padding": "12px 24px" };
  return Object.entries(usual).map(([name, value]) => (lookOf(tree, "mj-button", name) ? "" : ` ${name}="${value}"`)).join("");
}

const HERO = () => `<mj-hero mode="fluid-height" background-color="#1d2f5c" padding="48px 24px">
  <mj-text align="center" color="#ffffff" font-size="28px" line-height="36px" font-weight="700">${encoded(say("sample_title"))}</mj-text>
  <mj-button href="" background-color="#ffffff" color="#1d2f5c" border-radius="6px">${encoded(say("sample_button"))}</mj-button>
</mj-hero>`;

/** A table looks as the texts of its email do. */
function asTexts(tree: Tree): string {
  const said = (["font-size", "line-height", "color"] as const).map((name) => [name, lookOf(tree, "mj-text", name)]);
  return said.map(([name, value]) => (value ? ` ${name}="${encoded(value)}"` : "")).join("");
}

const TABLE = (tree: Tree) => `<mj-table${asTexts(tree)}>
  <tr><th align="left" style="padding:6px 0">${encoded(say("sample_head"))}</th><th align="right" style="padding:6px 0">${encoded(say("sample_price"))}</th></tr>
  <tr><td style="padding:6px 0">${encoded(say("sample_row"))}</td><td align="right" style="padding:6px 0">10 €</td></tr>
</mj-table>`;

const PRODUCTS = (tree: Tree) => `<mj-table${asTexts(tree)}>
  {% for item in event.items %}
  <tr><td style="padding:8px 0">{{ item.name }}</td><td align="right" style="padding:8px 0">{{ item.price }}</td></tr>
  {% endfor %}
</mj-table>`;

const SOCIAL = () => `<mj-text align="center"><a href="https://www.instagram.com/">Instagram</a> · <a href="https://www.linkedin.com/">LinkedIn</a> · <a href="https://www.facebook.com/">Facebook</a></mj-text>`;

/** Words for each audience, and others for everybody else. */
const DYNAMIC = () => {
  const audiences = list().length ? list() : [add((number) => say("audience_new", { number }))];
  const turn = (statement: string, words: string) => `{% ${statement} %}\n${TEXT(words)}\n`;
  const each = audiences.map(({ key, name }, index) => turn(`${index ? "elif" : "if"} audience.${key}`, say("sample_for", { name })));
  return `${each.join("")}${turn("else", say("sample_text"))}{% endif %}`;
};

export const OFFERS: Offer[] = [
  { key: "columns_1", icon: "", group: "sections", level: "section", columns: [1], write: section("") },
  { key: "columns_2", icon: "", group: "sections", level: "section", columns: [1, 1], write: section("", "") },
  { key: "columns_3", icon: "", group: "sections", level: "section", columns: [1, 1, 1], write: section("", "", "") },
  { key: "columns_12", icon: "", group: "sections", level: "section", columns: [1, 2], write: section("33.33%", "66.67%") },
  { key: "columns_21", icon: "", group: "sections", level: "section", columns: [2, 1], write: section("66.67%", "33.33%") },
  { key: "hero", icon: "photo", group: "sections", level: "section", write: HERO },
  { key: "heading", icon: "heading", group: "content", level: "leaf", write: () => TEXT(say("sample_title"), ' font-size="24px" line-height="32px" font-weight="700"') },
  { key: "text", icon: "typography", group: "content", level: "leaf", write: () => TEXT(say("sample_text")) },
  { key: "image", icon: "photo", group: "content", level: "leaf", write: () => '<mj-image src="" />' },
  { key: "button", icon: "square-rounded-arrow-right", group: "content", level: "leaf", write: (tree) => `<mj-button href=""${asButtons(tree)}>${encoded(say("sample_button"))}</mj-button>` },
  { key: "divider", icon: "separator-horizontal", group: "content", level: "leaf", write: () => '<mj-divider border-width="1px" border-color="#d0d5dd" />' },
  { key: "spacer", icon: "spacing-vertical", group: "content", level: "leaf", write: () => '<mj-spacer height="24px" />' },
  { key: "social", icon: "brand-instagram", group: "content", level: "leaf", write: SOCIAL },
  { key: "table", icon: "table", group: "content", level: "leaf", write: TABLE },
  { key: "products", icon: "shopping-cart", group: "content", level: "leaf", write: PRODUCTS },
  { key: "dynamic", icon: "users", group: "content", level: "leaf", write: DYNAMIC },
  { key: "html", icon: "code", group: "content", level: "leaf", write: () => `<mj-text>\n  <p style="margin:0">${encoded(say("sample_text"))}</p>\n</mj-text>` },
  { key: "footer", icon: "mail-off", group: "content", level: "section", write: FOOTER },
];

export type Kind = "text" | "url" | "colour" | "size" | "sides" | "align" | "choice" | "font" | "content" | "code" | "border" | "image";

export interface Field {
  name: string;
  kind: Kind;
  /** Of a choice. */
  values?: string[];
  /** A number alone is no length. */
  bare?: boolean;
  /** What holds when nobody says otherwise. */
  usual?: string;
}

const SPACE: Field = { name: "padding", kind: "sides", usual: "10px 25px" };
const BACK: Field = { name: "background-color", kind: "colour" };
const AROUND: Field = { name: "container-background-color", kind: "colour" };
const BORDERS: Field[] = [{ name: "border", kind: "border", usual: "none" }, { name: "border-radius", kind: "size" }];
const FONT: Field[] = [
  { name: "font-family", kind: "font", usual: "Ubuntu, Helvetica, Arial, sans-serif" },
  { name: "font-size", kind: "size", usual: "13px" },
];
const PICTURE: Field[] = [
  { name: "background-url", kind: "image" },
  { name: "background-size", kind: "choice", values: ["auto", "cover", "contain"], usual: "auto" },
  { name: "background-repeat", kind: "choice", values: ["repeat", "no-repeat"], usual: "repeat" },
];
const ALIGN: Field = { name: "align", kind: "align", usual: "left" };
const CENTRE: Field = { name: "align", kind: "align", usual: "center" };

const SECTION: Field[] = [
  BACK, ...PICTURE, { name: "padding", kind: "sides", usual: "20px 0" }, ...BORDERS,
  { name: "full-width", kind: "choice", values: ["", "full-width"] },
];

export const FIELDS: Record<string, Field[]> = {
  "mj-body": [{ ...BACK, usual: "#ffffff" }, { name: "width", kind: "size", usual: "600px" }],
  "mj-section": SECTION,
  "mj-wrapper": SECTION,
  "mj-column": [
    { name: "width", kind: "size" }, BACK, { name: "padding", kind: "sides", usual: "0" }, ...BORDERS,
    { name: "vertical-align", kind: "choice", values: ["top", "middle", "bottom"], usual: "top" },
  ],
  "mj-group": [{ name: "width", kind: "size" }, BACK, { name: "vertical-align", kind: "choice", values: ["top", "middle", "bottom"], usual: "top" }],
  "mj-hero": [
    { ...BACK, usual: "#ffffff" }, { name: "background-url", kind: "image" }, { name: "background-width", kind: "size" },
    { name: "background-height", kind: "size" },
    { name: "mode", kind: "choice", values: ["fluid-height", "fixed-height"], usual: "fluid-height" }, { name: "height", kind: "size" },
    { name: "vertical-align", kind: "choice", values: ["top", "middle", "bottom"], usual: "top" }, { ...SPACE, usual: "0" },
  ],
  "mj-text": [
    { name: "", kind: "content" }, ...FONT, { name: "color", kind: "colour", usual: "#000000" }, ALIGN,
    { name: "line-height", kind: "size", usual: "1", bare: true }, SPACE, AROUND,
  ],
  "mj-button": [
    { name: "", kind: "text" }, { name: "href", kind: "url" }, { ...BACK, usual: "#414141" }, { name: "color", kind: "colour", usual: "#ffffff" },
    CENTRE, ...FONT, { name: "inner-padding", kind: "sides", usual: "10px 25px" }, ...BORDERS, { name: "width", kind: "size" }, SPACE, AROUND,
  ],
  "mj-image": [
    { name: "src", kind: "image" }, { name: "alt", kind: "text" }, { name: "href", kind: "url" }, { name: "width", kind: "size" }, CENTRE,
    ...BORDERS, { name: "fluid-on-mobile", kind: "choice", values: ["", "true"] }, SPACE, AROUND,
  ],
  "mj-divider": [
    { name: "border-color", kind: "colour", usual: "#000000" }, { name: "border-width", kind: "size", usual: "4px" },
    { name: "border-style", kind: "choice", values: ["solid", "dashed", "dotted"], usual: "solid" }, { name: "width", kind: "size", usual: "100%" },
    SPACE, AROUND,
  ],
  "mj-spacer": [{ name: "height", kind: "size", usual: "20px" }, AROUND],
  "mj-social": [
    CENTRE, { name: "mode", kind: "choice", values: ["horizontal", "vertical"], usual: "horizontal" },
    { name: "icon-size", kind: "size", usual: "20px" }, { name: "border-radius", kind: "size", usual: "3px" }, ...FONT,
    { name: "color", kind: "colour", usual: "#333333" }, SPACE, AROUND,
  ],
  "mj-table": [{ name: "", kind: "code" }, ...FONT, { name: "color", kind: "colour", usual: "#000000" }, SPACE, AROUND],
  "mj-raw": [{ name: "", kind: "code" }],
  "mj-navbar": [CENTRE, AROUND],
  "mj-accordion": [...FONT, SPACE, AROUND],
  "mj-carousel": [CENTRE, AROUND],
};

/** What the elements inside another have that one may want to change here. */
export const PARTS: Record<string, Field[]> = {
  "mj-social-element": [{ name: "", kind: "text" }, { name: "href", kind: "url" }, { name: "src", kind: "url" }, { name: "alt", kind: "text" }],
  "mj-navbar-link": [{ name: "", kind: "text" }, { name: "href", kind: "url" }],
  "mj-carousel-image": [{ name: "src", kind: "image" }, { name: "alt", kind: "text" }, { name: "href", kind: "url" }],
};

export const FAMILIES = [
  "Helvetica, Arial, sans-serif", "Arial, Helvetica, sans-serif", "Verdana, Geneva, sans-serif", "Tahoma, Geneva, sans-serif",
  "Trebuchet MS, Helvetica, sans-serif", "Georgia, Times, serif", "Times New Roman, Times, serif", "Courier New, Courier, monospace",
];
