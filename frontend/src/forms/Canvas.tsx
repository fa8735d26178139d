// The form as visitors see it, in a shadow so that nothing of the back office reaches it.
import { render } from "preact";
import { useEffect, useRef } from "react";
import { page, called, kindOf, say } from "./words";
import * as store from "./store";
import { useStore } from "./store";
import type { Field, Option } from "./types";

const OWN = `
:host { display: block; }
.rf { position: relative; max-width: 600px; margin: 0 auto; cursor: default; }
.piece { position: relative; grid-column: 1 / -1; margin: -8px -12px; padding: 8px 12px; border-radius: 10px; outline: 0; cursor: grab; touch-action: manipulation; }
.piece.half { grid-column: span 1; }
.piece > * { pointer-events: none; }
.piece:hover { background: rgba(22,26,34,.035); }
.piece.at { box-shadow: 0 0 0 2px #2657d9; background: rgba(38,87,217,.05); }
.piece:focus-visible { box-shadow: 0 0 0 2px #2657d9, 0 0 0 5px rgba(38,87,217,.25); }
.piece.faulty:not(.at) { box-shadow: 0 0 0 1.5px rgba(194,47,42,.55); }
.piece.dragged { opacity: .4; }
.landing { grid-column: 1 / -1; height: 4px; margin: -8px 0; border-radius: 2px; background: #2657d9; }
.cut { display: flex; align-items: center; gap: 12px; color: #636b7a; font-size: 13px; font-weight: 500; }
.cut::before, .cut::after { content: ""; flex: 1; border-top: 1.5px dashed #8a91a0; }
.unseen { display: inline-flex; gap: 8px; padding: 6px 10px; border-radius: 6px; background: #f0f2f5; color: #474e5d; font-size: 13px; }
.if { display: inline-block; margin-bottom: 6px; padding: 1px 8px; border-radius: 99px; background: #f2edfd; color: #6b3dcc; font-size: 12px; font-weight: 550; }
.why { margin: 6px 0 0; color: #c22f2a; font-size: 13px; font-weight: 500; }
.empty { grid-column: 1 / -1; padding: 40px 16px; border: 1.5px dashed #8a91a0; border-radius: 12px; color: #636b7a; text-align: center; }
.rf-send { pointer-events: none; }
@media (max-width: 700px) { .piece { touch-action: pan-y; } }
`;
const ROUNDINGS: Record<string, string> = { soft: "10px", round: "22px", square: "2px" };
const FONTS: Record<string, string> = { sans: "system-ui, -apple-system, sans-serif", serif: "Charter, Cambria, Georgia, serif" };

export function Canvas({ css }: { css: string }) {
  const host = useRef<HTMLDivElement>(null);
  const look = useStore((state) => state.content.look);
  useEffect(() => {
    const shadow = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${variables(look)}${css}${OWN}`);
    shadow.adoptedStyleSheets = [sheet];
  }, [css, look]);
  useEffect(() => {
    const draw = () => render(<Form />, host.current!.shadowRoot!);
    draw();
    return store.listen(draw);
  }, []);
  return <div class="paper" ref={host} style={{ background: look.back ?? "#f4f5f7" }} onPointerDown={(event) => {
    if (event.target === event.currentTarget && event.composedPath()[0] === event.currentTarget) {
      store.set({ selected: null });
    }
  }} />;
}

/** As the server reckons it: letters on the colour are dark or light, whichever is read better. */
function variables(look: Record<string, string>): string {
  const accent = look.colour ?? "#2657d9";
  const light = luminance(accent);
  const on = 1.05 / (light + 0.05) >= (light + 0.05) / 0.0596 ? "#ffffff" : "#161a22";
  const ink = 1.05 / (light + 0.05) >= 4.5 ? accent : "#161a22";
  const back = look.back ?? "#f4f5f7";
  const around = luminance(back) > 0.18 ? "#161a22" : "#ffffff";
  return `:host{--rf-accent:${accent};--rf-on:${on};--rf-ink:${ink};--rf-back:${back};--rf-around:${around};--rf-round:${ROUNDINGS[look.corners ?? "soft"]};--rf-font:${FONTS[look.font ?? "sans"]}}`;
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function Form() {
  const { content, language, selected, landing } = store.get();
  const words = (name: string) => store.shown(content, name, language);
  return (
    <div class={`rf ${content.look.frame === "plain" ? "rf-plain" : ""}`} role="group" aria-label={say("canvas")} onPointerDown={(event) => {
      if (!(event.target as Element).closest(".piece")) {
        store.set({ selected: null });
      }
    }}>
      {words("title") && <h1>{words("title")}</h1>}
      {words("intro") && <p class="rf-lead">{words("intro")}</p>}
      <div class="rf-sheet"><div class="rf-fields" role="listbox" aria-label={say("fields")}>
        {content.fields.length === 0 && landing === null && <p class="empty">{say("empty")}</p>}
        {content.fields.map((field, at) => (
          <>
            {landing === at && <div class="landing" />}
            <Piece key={field.id} field={field} at={at} chosen={field.id === selected} first={selected ? field.id === selected : at === 0} />
          </>
        ))}
        {landing === content.fields.length && <div class="landing" />}
      </div></div>
      <div class="rf-foot"><button type="button" class="rf-send" tabIndex={-1}>{words("button") || "…"}</button></div>
    </div>
  );
}

function Piece({ field, at, chosen, first }: { field: Field; at: number; chosen: boolean; first: boolean }) {
  const problems = store.problemsOf(store.get(), field.id);
  const above = store.get().content.fields.find((one) => one.id === field.show_if?.field);
  return (
    <div
      class={`piece ${chosen ? "at" : ""} ${field.half && !["agree", "layout"].includes(kindOf(field).group) ? "half" : ""} ${problems.length ? "faulty" : ""}`}
      role="option" aria-selected={chosen} tabIndex={first ? 0 : -1} data-piece={field.id} aria-label={`${kindOf(field).label}: ${called(field)}`}
      onPointerDown={(event) => grab(event as unknown as PointerEvent, field.id)}
      onFocus={() => chosen || store.set({ selected: field.id })}
      onKeyDown={(event) => keys(event as unknown as KeyboardEvent, field, at)}
    >
      {above && <span class="if">{say("shown_if")} “{called(above)}”</span>}
      <div class="drawn" inert><Drawn field={field} /></div>
      {problems.map((problem) => <p class="why">{problem.message}</p>)}
    </div>
  );
}

function keys(event: KeyboardEvent, field: Field, at: number): void {
  const { fields } = store.get().content;
  const down = event.key === "ArrowDown";
  if (down || event.key === "ArrowUp") {
    if (event.altKey) {
      store.move(field.id, down ? at + 2 : at - 1);
      focus(field.id);
    } else {
      focus(fields[at + (down ? 1 : -1)]?.id);
    }
  } else if (event.key === "Delete" || event.key === "Backspace") {
    store.remove(field.id);
    focus(store.get().selected ?? undefined);
  } else if (event.key === "Enter") {
    document.querySelector<HTMLElement>("#form-panel input, #form-panel textarea, #form-panel select")?.focus();
  } else if (event.key === "d" && (event.ctrlKey || event.metaKey)) {
    store.duplicate(field.id);
    focus(store.get().selected ?? undefined);
  } else {
    return;
  }
  event.preventDefault();
}

export function focus(id: string | undefined): void {
  if (id) {
    store.set({ selected: id });
    window.setTimeout(() => pieces().find((piece) => piece.dataset.piece === id)?.focus());
  }
}

function pieces(): HTMLElement[] {
  return [...(document.querySelector(".paper")?.shadowRoot?.querySelectorAll<HTMLElement>(".piece") ?? [])];
}

/** Drag a field of the form; without moving it is a press that selects it. */
function grab(event: PointerEvent, id: string): void {
  if (event.button === 0) {
    store.set({ selected: id });
    (event.currentTarget as HTMLElement).focus({ preventScroll: true });
    if (event.pointerType !== "touch") {
      drag(event, called(store.get().content.fields.find((field) => field.id === id)!), (to) => store.move(id, to));
    }
  }
}

/** Follow the pointer with the name of what is dragged, and show where it would land. */
export function drag(begun: PointerEvent, name: string, land: (to: number) => void): void {
  if (!page.may.edit) {
    return;
  }
  let ghost: HTMLElement | null = null;
  const follow = (event: PointerEvent) => {
    if (!ghost && Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) > 5) {
      ghost = document.createElement("div");
      ghost.className = "form-ghost";
      ghost.textContent = name;
      document.body.append(ghost);
    }
    if (ghost) {
      ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
      store.set({ landing: placeAt(event) });
    }
  };
  const end = (event: Event) => {
    window.removeEventListener("pointermove", follow);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    window.removeEventListener("keydown", stop, true);
    const to = store.get().landing;
    ghost?.remove();
    store.set({ landing: null });
    if (ghost && event.type === "pointerup" && to !== null) {
      land(to);
    }
  };
  const stop = (event: KeyboardEvent) => event.key === "Escape" && end(event);
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  window.addEventListener("keydown", stop, true);
}

function placeAt(event: PointerEvent): number | null {
  const paper = document.querySelector(".paper")!.getBoundingClientRect();
  if (event.clientX < paper.left || event.clientX > paper.right || event.clientY < paper.top || event.clientY > paper.bottom) {
    return null;
  }
  const all = pieces();
  const before = all.findIndex((piece) => {
    const box = piece.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  return before < 0 ? all.length : before;
}

function Drawn({ field }: { field: Field }) {
  const { language } = store.get();
  const text = (name: string) => store.shown(field, name, language);
  const kind = kindOf(field);
  const label = text("label") || (kind.key === "consent" ? say("wording") : "");
  const star = field.required && <i class="rf-star"> *</i>;
  const help = text("help") && <p class="rf-help">{text("help")}</p>;
  if (kind.key === "page") {
    return <div class="cut">{text("label") || kind.label}</div>;
  }
  if (kind.key === "hidden") {
    return <span class="unseen">{kind.label}: {field.name} = {field.default ?? ""}</span>;
  }
  if (kind.key === "heading") {
    return <h2>{text("text")}</h2>;
  }
  if (kind.key === "paragraph" || kind.key === "html") {
    return <p>{kind.key === "html" ? text("text").replace(/<[^>]*>/g, " ").trim() || kind.label : text("text")}</p>;
  }
  if (kind.key === "checkbox" || kind.key === "consent") {
    return <div class={`rf-${kind.key}`}><Tick type="checkbox" words={<>{label}{star}</>} checked={kind.key === "checkbox" && Boolean(field.default)} />{help}</div>;
  }
  if (["radio", "multiselect", "topics"].includes(kind.key)) {
    const options: Option[] = kind.key === "topics" ? page.topics.filter((topic) => field.topics?.includes(topic.value)) : field.options ?? [];
    return (
      <div class={`rf-${kind.key}`}>
        <fieldset disabled><legend>{label}{star}</legend>
          {options.map((option) => <Tick type={kind.key === "radio" ? "radio" : "checkbox"} words={store.shown(option as never, "label", language) || option.value} />)}
        </fieldset>{help}
      </div>
    );
  }
  return (
    <>
      <label class="rf-name">{label}{star}</label>
      <Input field={field} placeholder={text("placeholder")} />
      {help}
    </>
  );
}

function Input({ field, placeholder }: { field: Field; placeholder: string }) {
  const given = { tabIndex: -1, readOnly: true, "aria-hidden": true, value: field.default ?? "", placeholder };
  if (field.kind === "textarea") {
    return <textarea rows={4} {...given} />;
  }
  if (field.kind === "select" || field.kind === "country") {
    return <select tabIndex={-1} aria-hidden="true" disabled><option>{say("choose")}</option></select>;
  }
  return <input type={field.kind === "date" ? "date" : field.kind === "datetime" ? "datetime-local" : "text"} {...given} />;
}

function Tick({ type, words, checked = false }: { type: string; words: preact.ComponentChildren; checked?: boolean }) {
  return <label class="rf-tick"><input type={type} tabIndex={-1} checked={checked} disabled aria-hidden="true" /><span>{words}</span></label>;
}
