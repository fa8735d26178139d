// The code of the body: two textareas, over which CodeMirror comes when the code is shown first.
import type { Fault } from "./words";

export interface TokenGroup {
  label: string;
  tokens: { path: string; label: string }[];
}

export interface Code {
  mode(): string;
  show(mode: string): void;
  /** Take over what was written in another way. */
  take(): void;
  mark(faults: Fault[]): void;
  jump(line: number, column: number): void;
  insert(text: string): void;
  search(): void;
  undo(): void;
  redo(): void;
}

/** Hand all to the editor of code, which is loaded when it is wanted. */
export function codeOf(form: HTMLFormElement): Code {
  const choice = form.elements.namedItem("mode") as HTMLSelectElement;
  let marks: Fault[] = [];
  let ready: Code | null = null;
  let coming: Promise<Code> | null = null;
  const load = () => {
    coming ??= import("./mirror").then(({ mirrorOf }) => {
      ready = mirrorOf(form);
      ready.mark(marks);
      return ready;
    });
    return coming;
  };
  const then = (act: (code: Code) => void) => void (ready ? act(ready) : load().then(act));
  const place = (mode: string) => form.querySelectorAll<HTMLElement>(".code").forEach((each) => (each.hidden = each.dataset.mode !== mode));
  // What was restored may be written in the other way.
  place(choice.value);
  return {
    mode: () => choice.value,
    show: (mode) => {
      place(mode);
      then((code) => code.show(mode));
    },
    take: () => then((code) => {
      code.take();
      code.mark(marks);
    }),
    mark: (faults) => {
      marks = faults;
      ready?.mark(faults);
    },
    jump: (line, column) => then((code) => code.jump(line, column)),
    insert: (text) => then((code) => code.insert(text)),
    search: () => then((code) => code.search()),
    undo: () => then((code) => code.undo()),
    redo: () => then((code) => code.redo()),
  };
}
