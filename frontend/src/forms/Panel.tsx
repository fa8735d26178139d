// What can be set of the field that is selected, else of the form as a whole.
import { useState } from "react";
import { Icon } from "../page/Icon";
import { focus } from "./Canvas";
import * as store from "./store";
import { useStore } from "./store";
import type { Choice, Content, Field, Option } from "./types";
import { called, kindOf, page, say } from "./words";

export function Panel() {
  const field = useStore(store.selectedField);
  return (
    <aside class="wing right" id="form-panel" aria-label={field ? called(field) : say("form")}>
      <fieldset disabled={!page.may.edit}>{field ? <OfField key={field.id} field={field} /> : <OfForm />}</fieldset>
    </aside>
  );
}

function OfField({ field }: { field: Field }) {
  const kind = kindOf(field);
  const at = store.get().content.fields.findIndex((one) => one.id === field.id);
  const set = (values: Partial<Field>, place = "") => store.setField(field.id, values, place);
  const layout = kind.group === "layout" && kind.key !== "hidden";
  return (
    <>
      <header>
        <Icon name={kind.icon} /><h2>{kind.label}</h2>
        <button type="button" class="bare-btn small-btn" aria-label={say("move_up")} title={say("move_up")} disabled={at === 0} onClick={() => store.move(field.id, at - 1)}><Icon name="arrow-up" /></button>
        <button type="button" class="bare-btn small-btn" aria-label={say("move_down")} title={say("move_down")} onClick={() => store.move(field.id, at + 2)}><Icon name="arrow-down" /></button>
        <button type="button" class="bare-btn small-btn" aria-label={say("duplicate")} title={say("duplicate")} onClick={() => store.duplicate(field.id)}><Icon name="copy" /></button>
        <button type="button" class="bare-btn small-btn" aria-label={say("remove")} title={say("remove")} onClick={() => { store.remove(field.id); focus(store.get().selected ?? undefined); }}><Icon name="trash" /></button>
        <button type="button" class="bare-btn small-btn" aria-label={say("close")} title={say("close")} onClick={() => store.set({ selected: null })}><Icon name="x" /></button>
      </header>
      <div class="inside stack">
        {["heading", "paragraph", "html"].includes(kind.key) && <Words thing={field} name="text" label={say("text")} rows={kind.key === "heading" ? 0 : 5} help={kind.key === "html" ? say("html_help") : ""} keep={(next) => set(next, "text")} />}
        {kind.key === "page" && <Words thing={field} name="label" label={say("page_title")} keep={(next) => set(next, "label")} />}
        {!layout && kind.key !== "hidden" && <Words thing={field} name="label" label={say(kind.key === "consent" ? "wording" : "question")} rows={kind.key === "consent" ? 3 : 0} help={kind.key === "consent" ? say("consent_help") : ""} keep={(next) => set(next, "label")} />}
        {kind.key === "consent" && <Select label={say("purpose")} value={field.purpose ?? ""} choices={page.purposes} keep={(purpose) => set({ purpose })} />}
        {kind.key === "topics" && <Topics field={field} />}
        {kind.options && <Options field={field} />}
        {kind.asks && kind.key !== "hidden" && (
          <div class="line wraps">
            <Check label={say("required")} on={Boolean(field.required)} keep={(required) => set({ required })} />
            {kind.group !== "agree" && <Check label={say("half")} on={Boolean(field.half)} keep={(half) => set({ half })} />}
          </div>
        )}
        {kind.asks && kind.fits.length > 0 && <Mapping field={field} />}
        {!layout && kind.key !== "hidden" && <Words thing={field} name="help" label={say("help")} rows={2} keep={(next) => set(next, "help")} />}
        {kind.placeholder && <Words thing={field} name="placeholder" label={say("placeholder")} keep={(next) => set(next, "placeholder")} />}
        {(kind.limits || kind.key === "email") && (
          <Part label={say("rules")} open={Boolean(field.least || field.most || field.blocked)}>
            {kind.limits && (
              <div class="two-fields">
                <Text label={say(`least_${kind.limits}`)} type={kind.limits === "date" ? "date" : "number"} value={field.least ?? ""} keep={(least) => set({ least }, "least")} />
                <Text label={say(`most_${kind.limits}`)} type={kind.limits === "date" ? "date" : "number"} value={field.most ?? ""} keep={(most) => set({ most }, "most")} />
              </div>
            )}
            {kind.key === "email" && <Text label={say("blocked")} help={say("blocked_help")} value={field.blocked ?? ""} keep={(blocked) => set({ blocked }, "blocked")} />}
          </Part>
        )}
        <Condition field={field} at={at} />
        {kind.asks && (
          <Part label={say("more")} open={kind.key === "hidden"}>
            {kind.key !== "hidden" && <Words thing={field} name="message" label={say("message")} help={say("message_help")} keep={(next) => set(next, "message")} />}
            <Text label={say("name")} help={say("name_help")} value={field.name ?? ""} keep={(name) => set({ name: name.toLowerCase().replace(/[^a-z0-9_]/g, "_") }, "name")} />
            {kind.group !== "agree" && <Text label={say("default")} value={field.default ?? ""} keep={(value) => set({ default: value }, "default")} />}
            {kind.group !== "agree" && <Check label={say("from_address")} help={say("from_address_help", { name: field.name ?? "" })} on={Boolean(field.from_address)} keep={(from_address) => set({ from_address })} />}
          </Part>
        )}
      </div>
    </>
  );
}

function Mapping({ field }: { field: Field }) {
  const kind = kindOf(field);
  const fitting = page.fields.filter((one) => kind.fits.includes(one.type)).map((one) => ({ value: one.alias, label: one.label }));
  return (
    <Select label={say("goes_to")} value={field.map ?? ""} none={say("nowhere")} choices={fitting} keep={(map) => {
      const options = page.fields.find((one) => one.alias === map)?.options ?? [];
      store.setField(field.id, { map, ...(kind.options && options.length ? { options: options.map((one) => ({ ...one })) } : {}) });
    }} />
  );
}

function Topics({ field }: { field: Field }) {
  const chosen = new Set(field.topics ?? []);
  return (
    <fieldset class="stack tight"><legend class="form-label">{say("topics")}</legend>
      {page.topics.length === 0 && <p class="form-text">{say("no_topics")}</p>}
      {page.topics.map((topic) => (
        <Check label={topic.label} on={chosen.has(topic.value)} keep={(on) => store.setField(field.id, {
          topics: page.topics.map((one) => one.value).filter((value) => (value === topic.value ? on : chosen.has(value))),
        })} />
      ))}
    </fieldset>
  );
}

function Options({ field }: { field: Field }) {
  const [pasting, setPasting] = useState(false);
  const language = useStore((state) => state.language);
  const options = field.options ?? [];
  const keep = (next: Option[], place = "") => store.setField(field.id, { options: next }, place);
  const change = (at: number, option: Option, place: string) => keep(options.map((one, number) => (number === at ? option : one)), `options.${at}.${place}`);
  return (
    <fieldset class="options-list"><legend class="form-label">{say("options")}</legend>
      {options.map((option, at) => (
        <div class="line tight">
          <input class="form-control" aria-label={`${say("option")} ${at + 1}`} value={store.textOf(option as never, "label", language)} placeholder={option.label || option.value} onInput={(event) => change(at, store.written(option as never, "label", event.currentTarget.value) as Option, "label")} />
          {language === page.language && <input class="form-control value" aria-label={`${say("value")} ${at + 1}`} title={say("value")} value={option.value} onInput={(event) => change(at, { ...option, value: event.currentTarget.value }, "value")} />}
          <button type="button" class="bare-btn small-btn" aria-label={`${say("move_up")}: ${option.label ?? option.value}`} disabled={at === 0} onClick={() => keep(options.map((one, n) => (n === at - 1 ? option : n === at ? options[at - 1] : one)))}><Icon name="arrow-up" /></button>
          <button type="button" class="bare-btn small-btn" aria-label={`${say("remove")}: ${option.label ?? option.value}`} onClick={() => keep(options.filter((_, n) => n !== at))}><Icon name="x" /></button>
        </div>
      ))}
      <div class="line">
        <button type="button" class="btn" onClick={() => keep([...options, { value: freeValue(options), label: `${say("option")} ${options.length + 1}` }])}><Icon name="plus" />{say("add_option")}</button>
        <button type="button" class="linkish" onClick={() => setPasting(!pasting)}>{say("paste_options")}</button>
      </div>
      {pasting && <Paste take={(lines) => {
        keep([...options, ...lines.map((line) => ({ value: line, label: line }))]);
        setPasting(false);
      }} />}
    </fieldset>
  );
}

function freeValue(options: Option[]): string {
  const taken = new Set(options.map((option) => option.value));
  let number = options.length + 1;
  while (taken.has(`${say("option").toLowerCase()}-${number}`)) {
    number += 1;
  }
  return `${say("option").toLowerCase()}-${number}`;
}

function Paste({ take }: { take: (lines: string[]) => void }) {
  const [text, setText] = useState("");
  return (
    <div class="stack tight">
      <textarea class="form-control" rows={4} aria-label={say("paste_options")} placeholder={say("paste_help")} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <button type="button" class="btn" onClick={() => take([...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))])}>{say("take")}</button>
    </div>
  );
}

function Condition({ field, at }: { field: Field; at: number }) {
  const above = useStore((state) => state.content.fields).slice(0, at).filter((one) => kindOf(one).asks);
  const rule = field.show_if;
  const other = above.find((one) => one.id === rule?.field);
  const set = (show_if: Field["show_if"]) => store.setField(field.id, { show_if }, "show_if");
  if (above.length === 0 && !rule) {
    return null;
  }
  const ops = ["is", "is_not", "filled", "empty"].map((value) => ({ value, label: say(value === "empty" ? "not_filled" : value) }));
  return (
    <Part label={say("shown_if")} open={Boolean(rule)}>
      <Select label={say("question")} value={rule?.field ?? ""} none={say("always")} choices={above.map((one) => ({ value: one.id, label: called(one) }))} keep={(id) => set(id ? { field: id, op: rule?.op ?? "filled", values: [] } : undefined)} />
      {rule && other && <Select label={say("rules")} value={rule.op} choices={ops} keep={(op) => set({ ...rule, op })} />}
      {rule && other && ["is", "is_not"].includes(rule.op) && <Values of={other} chosen={rule.values} keep={(values) => set({ ...rule, values })} />}
    </Part>
  );
}

function Values({ of, chosen, keep }: { of: Field; chosen: string[]; keep: (values: string[]) => void }) {
  const yes = ["checkbox", "consent"].includes(of.kind);
  const options: Choice[] = yes ? [{ value: "yes", label: say("yes") }] : (of.options ?? []).map((one) => ({ value: one.value, label: one.label || one.value }));
  if (options.length === 0) {
    const id = `values-${of.id}`;
    return (
      <div><label class="form-label" for={id}>{say("any_of")}</label>
        <textarea class="form-control" id={id} rows={3} value={chosen.join("\n")} onInput={(event) => keep(event.currentTarget.value.split("\n"))} /><p class="form-text">{say("values_help")}</p></div>
    );
  }
  return (
    <fieldset class="stack tight"><legend class="form-label">{say("any_of")}</legend>
      {options.map((one) => <Check label={one.label} on={chosen.includes(one.value)} keep={(on) => keep(on ? [...chosen, one.value] : chosen.filter((value) => value !== one.value))} />)}
    </fieldset>
  );
}

function OfForm() {
  const content = useStore((state) => state.content);
  const lacks = useStore((state) => state.lacks);
  const set = (values: Partial<Content>, place = "") => store.change({ ...content, ...values }, place);
  const words = (name: string, label: string, rows = 0) => <Words thing={content} name={name} label={label} rows={rows} keep={(next) => set(next as Content, name)} />;
  const look = (values: Record<string, string>, place = "") => set({ look: { ...content.look, ...values } }, place);
  const among = (name: string, ...values: string[]) => <Select label={say(name)} value={content.look[name] ?? values[0]} choices={values.map((value) => ({ value, label: say(value) }))} keep={(value) => look({ [name]: value })} />;
  return (
    <>
      <header><Icon name="forms" /><h2>{say("form")}</h2></header>
      <div class="inside stack">
        {lacks.length > 0 && (
          <div class="note amber" role="status"><Icon name="info-circle" /><span><b>{say("lacks")}</b>
            <ul class="plain">{lacks.map((one) => <li>{store.get().content.fields.some((field) => field.id === one.field) ? <button type="button" class="linkish" onClick={() => focus(one.field)}>{one.message}</button> : one.message}</li>)}</ul></span></div>
        )}
        {words("title", say("title"))}
        {words("intro", say("intro"), 3)}
        {words("button", say("button"))}
        <h3>{say("after")}</h3>
        <Select label={say("after")} hidden value={content.after.do} choices={["message", "stay", "redirect"].map((value) => ({ value, label: say(`after_${value}`) }))} keep={(value) => set({ after: { ...content.after, do: value } })} />
        {content.after.do === "redirect"
          ? <Text label={say("url")} type="url" value={content.after.url ?? ""} keep={(url) => set({ after: { do: "redirect", url } }, "url")} />
          : words("thanks", say("thanks"), 3)}
        <h3>{say("look")}</h3>
        <div class="two-fields">
          <Colour label={say("colour")} value={content.look.colour ?? "#2657d9"} keep={(colour) => look({ colour }, "colour")} />
          <Colour label={say("back")} value={content.look.back ?? "#f4f5f7"} keep={(back) => look({ back }, "back")} />
          {among("corners", "soft", "round", "square")}
          {among("font", "sans", "serif")}
        </div>
        {among("frame", "card", "plain")}
        <h3>{say("safety")}</h3>
        <Check label={say("confirmed")} help={say("confirmed_help")} on={!content.guard.unconfirmed} keep={(on) => set({ guard: { work: content.guard.work ?? false, ...(on ? {} : { unconfirmed: true }) } })} />
        <Check label={say("work")} help={say("work_help")} on={Boolean(content.guard.work)} keep={(work) => set({ guard: { ...content.guard, work } })} />
      </div>
    </>
  );
}

// The inputs of the panel.

let numbers = 0;
function useId(): string {
  return useState(() => `set-${(numbers += 1)}`)[0];
}

function Words({ thing, name, label, keep, rows = 0, help = "" }: { thing: Record<string, unknown>; name: string; label: string; keep: (next: Record<string, unknown>) => void; rows?: number; help?: string }) {
  const language = useStore((state) => state.language);
  const main = language === page.language;
  const given = {
    value: store.textOf(thing, name, language),
    placeholder: main ? "" : ((thing[name] as string | undefined) ?? ""),
    keep: (text: string) => keep(store.written(thing, name, text)),
  };
  return <Text label={label} rows={rows} help={help || (main ? "" : say("not_translated"))} {...given} />;
}

function Text({ label, value, keep, type = "text", rows = 0, help = "", placeholder = "" }: { label: string; value: string; keep: (value: string) => void; type?: string; rows?: number; help?: string; placeholder?: string }) {
  const id = useId();
  const given = { id, class: "form-control", value, placeholder, onInput: (event: { currentTarget: { value: string } }) => keep(event.currentTarget.value) };
  return (
    <div><label class="form-label" for={id}>{label}</label>
      {rows ? <textarea rows={rows} {...given} /> : <input type={type} {...given} />}
      {help && <p class="form-text">{help}</p>}</div>
  );
}

function Colour({ label, value, keep }: { label: string; value: string; keep: (value: string) => void }) {
  const id = useId();
  return <div><label class="form-label" for={id}>{label}</label><input id={id} type="color" class="form-control form-control-color" value={value} onInput={(event) => keep(event.currentTarget.value)} /></div>;
}

function Select({ label, value, choices, keep, none, hidden = false }: { label: string; value: string; choices: Choice[]; keep: (value: string) => void; none?: string; hidden?: boolean }) {
  const id = useId();
  return (
    <div><label class={hidden ? "sr-only" : "form-label"} for={id}>{label}</label>
      <select id={id} class="form-select" value={value} onChange={(event) => keep(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {none === undefined && !choices.some((one) => one.value === value) && <option value="">{say("choose")}</option>}
        {choices.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
      </select></div>
  );
}

function Check({ label, on, keep, help = "" }: { label: string; on: boolean; keep: (on: boolean) => void; help?: string }) {
  const id = useId();
  return (
    <div class="form-check"><input type="checkbox" class="form-check-input" id={id} checked={on} onChange={(event) => keep(event.currentTarget.checked)} />
      <label class="form-check-label" for={id}>{label}</label>{help && <p class="form-text">{help}</p>}</div>
  );
}

function Part({ label, open, children }: { label: string; open: boolean; children: preact.ComponentChildren }) {
  return <details class="part" open={open}><summary>{label}</summary><div class="stack">{children}</div></details>;
}
