// Writes in the frame itself: the text is where it will be, in the looks it will have.
import { Editor } from "@tiptap/core";
import { DOMParser as Parser } from "@tiptap/pm/model";
import { secret, signing } from "./copying";
import { cleaned, parsed, sense, written } from "./markup";
import { extensions } from "./schema";

export interface Writer {
  editor: Editor;
  html(): string;
  end(): void;
}

interface Listener {
  /** What the field is called. */
  name: string;
  /** What a template tag is called in the text. */
  label(source: string): string;
  changed(html: string): void;
  acted(): void;
  focused(): void;
}

/** Begin to write; nothing comes of it where the text has more than the editor keeps. */
export function write(place: HTMLElement, html: string, { name, label, changed, acted, focused }: Listener): Writer | null {
  const view = place.ownerDocument.defaultView as Window & typeof globalThis;
  const { body, tags } = parsed(view, html);
  place.replaceChildren();
  const editor = new Editor({
    element: place,
    injectCSS: false,
    extensions: extensions(label),
    editorProps: {
      attributes: { class: "relais-writing", role: "textbox", "aria-label": name, "aria-multiline": "true" },
      transformPastedHTML: (pasted) => cleaned(view, pasted, secret()),
    },
  });
  editor.setOptions({ editorProps: { ...editor.options.editorProps, clipboardSerializer: signing(editor.schema) } });
  const doc = Parser.fromSchema(editor.schema).parse(body);
  // Set before history begins: nobody wants to undo the text they opened.
  const begun = editor.state.tr.replaceWith(0, editor.state.doc.content.size, doc.content).setMeta("addToHistory", false);
  editor.view.dispatch(begun);
  const before = written(editor.state.doc, tags);
  if (sense(view, before) !== sense(view, html)) {
    editor.destroy();
    return null;
  }
  let told = before;
  editor.on("update", () => {
    const now = written(editor.state.doc, tags);
    if (now !== told) {
      told = now;
      changed(now === before ? html : now);
    }
  });
  editor.on("transaction", acted);
  editor.on("focus", focused);
  editor.commands.focus("end");
  return { editor, html: () => written(editor.state.doc, tags), end: () => editor.destroy() };
}
