// The fields of the panel. What is empty shows what holds without it.
import { useEffect, useId, useRef, useState } from "react";
import { Icon } from "../page/Icon";
import { FAMILIES, type Field } from "./catalogue";
import { useBringing } from "./Pictures";
import * as picturing from "./picturing";
import { type Block, inner, type Tree } from "./reading";
import * as setting from "./setting";
import { SIDES } from "./sides";
import * as store from "./store";
import { useStore } from "./store";
import { withoutTags } from "./values";
import { say } from "./words";
import * as writing from "./writing";

interface Props {
  tree: Tree;
  block: Block;
  field: Field;
}

const named = (name: string) => say(`attr_${name}`);

export function FieldOf(props: Props) {
  const { kind } = props.field;
  const Shown = { text: Words, url: Words, colour: Colour, size: Size, sides: Sides, align: Align, choice: Choice, font: Font, content: Written, code: Code, border: Words, image: Pictured }[kind];
  return <Shown {...props} />;
}

/** What one types stays as it is until one leaves; what is not whole stays even then, says so, and is kept under `key` while other blocks are selected. */
function useTyped(value: string, commit: (value: string) => boolean, key = "") {
  const kept = key ? store.get().waits.get(key) : undefined;
  const [begun] = useState(() => (kept?.of === value ? kept.text : undefined));
  const [typed, setTyped] = useState(begun ?? value);
  const [waits, setWaits] = useState(begun !== undefined);
  const shown = useRef(value);
  const here = useRef(false);
  const left = () => {
    here.current = false;
    if (!waits) {
      setTyped(value);
    }
  };
  useEffect(() => {
    // What waited for another value of it is over, too.
    if (!here.current && (shown.current !== value || (kept && kept.of !== value))) {
      setTyped(value);
      setWaits(false);
      store.wait(key, null);
    }
    shown.current = value;
  }, [value]);
  const input = (event: { stopPropagation(): void; currentTarget: { value: string } }) => {
    event.stopPropagation();
    here.current = true;
    const text = event.currentTarget.value;
    const whole = commit(text);
    setTyped(text);
    setWaits(!whole);
    if (key) {
      store.wait(key, whole ? null : { text, of: value });
    }
  };
  return { typed, waits, input, left };
}

function Waits({ id }: { id: string }) {
  return <p class="form-text waits" id={id} role="status">{say("not_whole")}</p>;
}

/** A line that takes over what others set. */
export function Line({ id, value, usual, label, commit, narrow = false, mode, list, keep }: {
  id?: string; value: string; usual: string; label?: string; commit: (value: string) => boolean; narrow?: boolean; mode?: "numeric" | "url"; list?: string; keep?: string;
}) {
  const { typed, waits, input, left } = useTyped(value, commit, keep);
  const note = useId();
  return (
    <>
      <input
        id={id} class={`form-control ${narrow ? "short" : ""}`} aria-label={label} value={typed} placeholder={usual} inputMode={mode} list={list} spellcheck={false}
        aria-invalid={waits || undefined} aria-describedby={waits ? note : undefined} onInput={input} onBlur={left}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.isComposing) {
            // It would save the mail.
            event.preventDefault();
            left();
          }
        }}
      />
      {waits && <Waits id={note} />}
    </>
  );
}

/** The list of addresses that each mail has: Panel.tsx writes it. */
export const ADDRESSES = "design-addresses";

const NAMED = /&(?:amp|quot|apos|#39|lt|gt);/g;

function Words({ tree, block, field }: Props) {
  const id = useId();
  const value = setting.valueOf(tree, block, field.name);
  // Decided when it is opened: who types such a mark means the mark.
  const [markup] = useState(() => !field.name && /<|&#?\w+;/.test(withoutTags(inner(tree, block)).replace(NAMED, "")));
  if (markup) {
    return <Code tree={tree} block={block} field={field} />;
  }
  const commit = (text: string) => (field.name ? setting.setValues(block.path, { [field.name]: text }) : setting.setWords(block.path, text));
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{named(field.name || "words")}</label>
      <Line id={id} keep={`${block.path} ${field.name || "content"}`} value={value} usual={field.name ? setting.usualOf(tree, block, field.name, field.usual) : ""} commit={commit} mode={field.kind === "url" || field.kind === "image" ? "url" : undefined} list={field.name === "href" ? ADDRESSES : undefined} />
    </div>
  );
}

/** The image that a block shows: the library, a file dropped here, or an address. */
function Pictured(props: Props) {
  const { tree, block, field } = props;
  const bringing = useBringing((picture) => picturing.put(block.path, field.name, picture));
  const source = picturing.shown(setting.valueOf(tree, block, field.name));
  if (!picturing.mayLook) {
    return <Words {...props} />;
  }
  return (
    <div class="panel-field picture" {...bringing.drop}>
      {source && <img src={source} alt="" />}
      <button type="button" class="btn" onClick={() => store.set({ choosing: { path: block.path, name: field.name } })}><Icon name="photo" />{say(source ? "picture_other" : "picture_choose")}</button>
      {picturing.mayBring && !source && <p class="form-text">{say("picture_drop")}</p>}
      {bringing.words && <p class={`form-text ${bringing.failed ? "waits" : ""}`} role={bringing.failed ? "alert" : "status"}>{bringing.words}</p>}
      <Words {...props} />
    </div>
  );
}

function Written(props: Props) {
  const plain = useStore((state) => state.plain === props.block.path);
  const why = useStore((state) => state.plainly);
  return (
    <>
      {plain ? <p class="form-text">{say(why)}</p> : <button type="button" class="btn" onClick={() => writing.begin()}><Icon name="pencil" />{say("write_here")}</button>}
      <details class="panel-field" open={plain}><summary>{named("html")}</summary><Code {...props} /></details>
    </>
  );
}

export function Code({ tree, block, field }: Props) {
  const id = useId();
  const { typed, waits, input, left } = useTyped(inner(tree, block).trim(), (text) => setting.setContent(block.path, text), `${block.path} content`);
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{named(field.kind === "code" || field.kind === "content" ? "html" : "words")}</label>
      <textarea
        id={id} class="form-control mono" rows={8} spellcheck={false} value={typed} aria-invalid={waits || undefined} aria-describedby={waits ? `${id}-waits` : undefined}
        onInput={input} onBlur={left}
      />
      {waits && <Waits id={`${id}-waits`} />}
    </div>
  );
}

/** A number alone means pixels. */
export function measured(text: string): string {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? `${text.trim()}px` : text.trim();
}

function Size({ tree, block, field }: Props) {
  const id = useId();
  const value = setting.valueOf(tree, block, field.name);
  const meant = (text: string) => (field.bare ? text.trim() : measured(text));
  return (
    <div class="panel-field half">
      <label class="form-label" for={id}>{named(field.name)}</label>
      <Line id={id} keep={`${block.path} ${field.name}`} value={value} usual={setting.usualOf(tree, block, field.name, field.usual)} commit={(text) => setting.setValues(block.path, { [field.name]: meant(text) })} />
    </div>
  );
}

const HEX = /^#[0-9a-f]{6}$/i;

export function ColourLine({ id, value, usual, palette, keep, commit }: { id: string; value: string; usual: string; palette: string[]; keep?: string; commit: (value: string) => boolean }) {
  return (
    <>
      <div class="colour">
        <input
          type="color" aria-label={say("pick_colour")} value={HEX.test(value) ? value : HEX.test(usual) ? usual : "#ffffff"} class={HEX.test(value || usual) ? "" : "unset"}
          onInput={(event) => {
            event.stopPropagation();
            commit(event.currentTarget.value);
          }}
        />
        <Line id={id} keep={keep} value={value} usual={usual || say("none")} commit={commit} />
      </div>
      {palette.length > 0 && (
        <div class="swatches">
          {palette.map((colour) => (
            <button key={colour} type="button" title={colour} aria-label={say("use_colour", { colour })} aria-pressed={colour === value.toLowerCase()} onClick={() => commit(colour)}>
              <svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="4" fill={colour} /></svg>
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Colour({ tree, block, field }: Props) {
  const id = useId();
  const value = setting.valueOf(tree, block, field.name);
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{named(field.name)}</label>
      <ColourLine
        id={id} keep={`${block.path} ${field.name}`} value={value} usual={setting.usualOf(tree, block, field.name, field.usual)} palette={setting.colours(tree.source)}
        commit={(colour) => setting.setValues(block.path, { [field.name]: colour })}
      />
    </div>
  );
}

function Sides({ tree, block, field }: Props) {
  const { own, usual } = setting.spacing(tree, block, field.name, field.usual ?? "0");
  const commit = (index: number) => (text: string) => {
    const sides = own.map((side, at) => (at === index ? measured(text) : side));
    return setting.setSides(block.path, field.name, sides, usual);
  };
  return (
    <fieldset class="panel-field">
      <legend>{named(field.name)}</legend>
      <div class="sides">
        {SIDES.map((side, index) => (
          <label key={side}><span>{say(side)}</span><Line keep={`${block.path} ${field.name}-${side}`} value={own[index]} usual={usual[index]} commit={commit(index)} narrow /></label>
        ))}
      </div>
    </fieldset>
  );
}

function Align({ tree, block, field }: Props) {
  const value = setting.valueOf(tree, block, field.name);
  const usual = setting.usualOf(tree, block, field.name, field.usual);
  return (
    <div class="panel-field half">
      <div class="form-label" id={`${block.path}-align`}>{named(field.name)}</div>
      <div class="modes" role="group" aria-labelledby={`${block.path}-align`}>
        {["left", "center", "right"].map((side) => (
          <button
            key={side} type="button" aria-pressed={(value || usual) === side} aria-label={say(`align_${side}`)} title={say(`align_${side}`)}
            onClick={() => setting.setValues(block.path, { [field.name]: side })}
          >
            <Icon name={`align-${side}`} />
          </button>
        ))}
      </div>
    </div>
  );
}

function Choice({ tree, block, field }: Props) {
  const id = useId();
  const value = setting.valueOf(tree, block, field.name);
  const usual = setting.usualOf(tree, block, field.name, field.usual);
  const values = field.values ?? [];
  const other = value && !values.includes(value) ? [value] : [];
  return (
    <div class="panel-field half">
      <label class="form-label" for={id}>{named(field.name)}</label>
      <select
        id={id} class="form-select" value={value || (values.includes("") ? "" : usual)}
        onChange={(event) => setting.setValues(block.path, { [field.name]: event.currentTarget.value })} onInput={(event) => event.stopPropagation()}
      >
        {[...values, ...other].map((each) => <option key={each} value={each}>{other.includes(each) ? each : say(`value_${each || "no"}`)}</option>)}
      </select>
    </div>
  );
}

function Font({ tree, block, field }: Props) {
  const id = useId();
  const usual = setting.usualOf(tree, block, field.name, field.usual);
  return (
    <div class="panel-field half">
      <label class="form-label" for={id}>{named(field.name)}</label>
      <FontChoice id={id} value={setting.valueOf(tree, block, field.name)} usual={usual} commit={(family) => setting.setValues(block.path, { [field.name]: family })} />
    </div>
  );
}

export function FontChoice({ id, value, usual, commit }: { id: string; value: string; usual: string; commit: (value: string) => boolean }) {
  const first = (family: string) => family.split(",")[0].replace(/["']/g, "").trim();
  const other = value && !FAMILIES.includes(value) ? [value] : [];
  return (
    <select id={id} class="form-select" value={value} onInput={(event) => event.stopPropagation()} onChange={(event) => commit(event.currentTarget.value)}>
      <option value="">{say("as_the_email", { name: first(usual) })}</option>
      {[...FAMILIES, ...other].map((family) => <option key={family} value={family}>{first(family)}</option>)}
    </select>
  );
}
