// CodeMirror over the two textareas of the body, which stay what is sent.
import { type Completion, type CompletionContext } from "@codemirror/autocomplete";
import { redo, undo } from "@codemirror/commands";
import { html } from "@codemirror/lang-html";
import { xml } from "@codemirror/lang-xml";
import { syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { openSearchPanel } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { classHighlighter } from "@lezer/highlight";
import { basicSetup, EditorView } from "codemirror";
import { pageData } from "../page/words";
import type { Code, TokenGroup } from "./code";

const MJML = [
  "mjml", "mj-head", "mj-body", "mj-section", "mj-column", "mj-group", "mj-wrapper", "mj-text", "mj-button", "mj-image",
  "mj-divider", "mj-spacer", "mj-table", "mj-hero", "mj-navbar", "mj-navbar-link", "mj-social", "mj-social-element",
  "mj-accordion", "mj-carousel", "mj-raw", "mj-style", "mj-attributes", "mj-all", "mj-class", "mj-font", "mj-preview", "mj-title",
];

function completions(context: CompletionContext) {
  const before = context.matchBefore(/\{\{\s*[\w.]*/);
  if (!before) {
    return null;
  }
  const from = before.from + (/^\{\{\s*/.exec(before.text)?.[0].length ?? 2);
  const options: Completion[] = pageData<TokenGroup[]>("email-tokens").flatMap((group) =>
    group.tokens.map((token) => ({ label: token.path, detail: token.label, type: "variable" })),
  );
  return { from, options, validFor: /^[\w.]*$/ };
}

function extensions(mode: string, area: HTMLTextAreaElement): Extension[] {
  const language = mode === "mjml" ? xml({ elements: MJML.map((name) => ({ name })) }) : html();
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
  return [
    basicSetup,
    language,
    syntaxHighlighting(classHighlighter),
    lintGutter(),
    EditorView.lineWrapping,
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ "aria-label": mode.toUpperCase() }),
    EditorState.languageData.of(() => [{ autocomplete: completions }]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }),
  ];
}

export function mirrorOf(form: HTMLFormElement): Code {
  const choice = form.elements.namedItem("mode") as HTMLSelectElement;
  const views = new Map<string, EditorView>();
  const place = (mode: string) => form.querySelector<HTMLElement>(`.code[data-mode="${mode}"]`)!;
  const open = (mode: string): EditorView => {
    const known = views.get(mode);
    if (known) {
      return known;
    }
    const area = form.elements.namedItem(mode) as HTMLTextAreaElement;
    const view = new EditorView({ doc: area.value, extensions: extensions(mode, area), parent: place(mode) });
    // What scrolls can be reached by the keyboard, too.
    view.scrollDOM.tabIndex = 0;
    const writes = document.activeElement === area;
    area.hidden = true;
    if (writes) {
      view.focus();
    }
    views.set(mode, view);
    return view;
  };
  const show = (mode: string) => {
    form.querySelectorAll<HTMLElement>(".code").forEach((each) => (each.hidden = each.dataset.mode !== mode));
    open(mode);
  };
  const view = () => open(choice.value);
  const position = (line: number, column: number) => {
    const at = view().state.doc.line(Math.min(Math.max(line, 1), view().state.doc.lines));
    return { from: Math.min(at.from + Math.max(column - 1, 0), at.to), to: at.to };
  };
  show(choice.value);
  return {
    mode: () => choice.value,
    show,
    take: () => {
      const { value } = form.elements.namedItem(choice.value) as HTMLTextAreaElement;
      const before = view().state.doc.toString();
      if (value !== before) {
        view().dispatch({ changes: difference(before, value) });
      }
      view().requestMeasure();
    },
    mark: (faults) => {
      const mine = faults.filter((fault) => fault.field === choice.value && fault.line);
      const marks = mine.map((fault) => ({
        ...position(fault.line ?? 1, fault.column ?? 1),
        severity: "error" as const,
        message: fault.message,
      }));
      view().dispatch(setDiagnostics(view().state, marks));
    },
    jump: (line, column) => {
      const { from } = position(line, column);
      view().dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view().focus();
    },
    insert: (text) => {
      view().dispatch(view().state.replaceSelection(text));
      view().focus();
    },
    search: () => openSearchPanel(view()),
    undo: () => undo(view()),
    redo: () => redo(view()),
  };
}

/** The one stretch in which two texts differ: the cursor and the steps back of the rest stay. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const least = Math.min(before.length, after.length);
  let from = 0;
  while (from < least && before[from] === after[from]) {
    from += 1;
  }
  let same = 0;
  while (same < least - from && before[before.length - 1 - same] === after[after.length - 1 - same]) {
    same += 1;
  }
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}
