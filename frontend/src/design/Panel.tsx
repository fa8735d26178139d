// What can be set of the selected block; without one, of the whole email, and what deserves a look.
import { useId } from "react";
import { Icon } from "../page/Icon";
import { FIELDS, HIDES, ICONS, PARTS } from "./catalogue";
import { ADDRESSES, ColourLine, FieldOf } from "./fields";
import { select } from "./editing";
import { blockOf, lacks } from "./faulty";
import { Layout, Looks } from "./Looks";
import { inserted, removed } from "./patching";
import { condition } from "./places";
import { type Block, type Tree } from "./reading";
import * as setting from "./setting";
import { closeSheet } from "./sheets";
import { ShownTo } from "./ShownTo";
import * as store from "./store";
import { useStore } from "./store";
import { chainOf } from "./variants";
import { nameOf, say } from "./words";
import { labelOf } from "./writing";

/** Where a link may lead in every mail. */
const LED = ["unsubscribe_url", "preferences_url", "webview_url"];

export function Panel({ toCode }: { toCode: (offset: number) => void }) {
  const tree = useStore((state) => state.tree);
  const selected = useStore((state) => state.selected);
  const block = tree.blocks.get(selected) ?? tree.body;
  if (!block) {
    return <p class="none">{say("no_body")}</p>;
  }
  const only = condition(tree, block);
  return (
    <>
      <header>
        <Icon name={ICONS[block.name] ?? "point"} />
        <h2 class="grow">{nameOf(block.name)}</h2>
        <button type="button" class="btn btn-sm ghost" onClick={() => toCode(block.from)}><Icon name="code" />{say("in_code")}</button>
        <button type="button" class="bare-btn small-btn closes" aria-label={say("close")} onClick={() => closeSheet("right")}><Icon name="x" /></button>
      </header>
      <div class="inside" key={block.path}>
        <FaultsOf tree={tree} block={block} />
        {block.name !== "mj-body" && <ShownTo tree={tree} block={block} />}
        {only && !chainOf(tree, block) && <p class="note"><Icon name="filter-question" /><span>{say("only", { words: only })}</span></p>}
        {block.name === "mj-section" && <Layout tree={tree} block={block} />}
        {(FIELDS[block.name] ?? []).map((field) => <FieldOf key={field.name} tree={tree} block={block} field={field} />)}
        {block.name === "mj-body" && <Looks tree={tree} />}
        {block.name === "mj-button" && <Hover tree={tree} block={block} />}
        <Parts tree={tree} block={block} />
        {block.name !== "mj-body" && block.name !== "mj-raw" && <Hidden block={block} />}
        <datalist id={ADDRESSES}>{LED.map((path) => <option key={path} value={`{{ ${path} }}`}>{labelOf(`{{ ${path} }}`)}</option>)}</datalist>
        {!FIELDS[block.name] && <p class="form-text">{say("unknown_block")}</p>}
      </div>
      <Checks tree={tree} />
    </>
  );
}

function FaultsOf({ tree, block }: { tree: Tree; block: Block }) {
  const faults = useStore((state) => state.faults);
  const mine = faults.filter((fault) => blockOf(tree, fault) === block);
  return (
    <>
      {mine.map((fault) => <p key={fault.message} class="note red"><Icon name="alert-circle" /><span>{fault.message}</span></p>)}
    </>
  );
}

function Hover({ tree, block }: { tree: Tree; block: Block }) {
  const id = useId();
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{say("attr_hover")}</label>
      <ColourLine id={id} value={setting.hoverOf(block)} usual="" palette={setting.colours(tree.source)} commit={(colour) => setting.setHover(block.path, colour)} />
    </div>
  );
}

function Hidden({ block }: { block: Block }) {
  const id = useId();
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{say("shown_on")}</label>
      <select id={id} class="form-select" value={setting.hidden(block)} onInput={(event) => event.stopPropagation()} onChange={(event) => setting.hide(block.path, event.currentTarget.value)}>
        <option value="">{say("everywhere")}</option>
        {Object.keys(HIDES).map((name) => <option key={name} value={name}>{say(name)}</option>)}
      </select>
    </div>
  );
}

/** Networks of a row, links of a menu, pictures of a carousel. */
function Parts({ tree, block }: { tree: Tree; block: Block }) {
  const parts = block.children.filter((child) => PARTS[child.name]);
  if (!parts.length) {
    return null;
  }
  const copy = () => {
    const last = parts[parts.length - 1];
    const made = inserted(tree, block.path, block.children.length, tree.source.slice(last.from, last.to));
    if (made) {
      store.change(made.source, block.path);
    }
  };
  const drop = (part: Block) => {
    const made = removed(tree, part.path);
    if (made) {
      store.change(made.source, block.path);
    }
  };
  return (
    <div class="parts">
      {parts.map((part, index) => (
        <fieldset key={part.path}>
          <legend>{nameOf(part.name)} {index + 1}</legend>
          {PARTS[part.name].map((field) => <FieldOf key={field.name} tree={tree} block={part} field={field} />)}
          <button type="button" class="linkish" onClick={() => drop(part)}>{say("remove")}</button>
        </fieldset>
      ))}
      <button type="button" class="btn btn-sm" onClick={copy}><Icon name="plus" />{say("add_one")}</button>
    </div>
  );
}

function Checks({ tree }: { tree: Tree }) {
  const faults = useStore((state) => state.faults);
  const hints = useStore((state) => state.hints);
  const size = useStore((state) => state.size);
  const found = lacks(tree);
  const count = faults.length + hints.length + found.length;
  return (
    <section class="checks" aria-label={say("checks")}>
      <header>
        <h2 class="grow">{say("checks")}</h2>
        <span class={`pill ${faults.length ? "red" : count ? "amber" : "green"}`} role="status">{count ? say("to_look_at", { count }) : say("fine")}</span>
      </header>
      <ul class="plain">
        {faults.map((fault) => <Line key={fault.message} icon="alert-circle" tone="red" words={fault.label ? `${fault.label}: ${fault.message}` : fault.message} path={blockOf(tree, fault)?.path} />)}
        {found.map((lack) => <Line key={lack.key + lack.path} icon="alert-triangle" tone="amber" words={say(lack.key)} path={lack.path} />)}
        {hints.map((hint) => <Line key={hint} icon="info-circle" tone="amber" words={hint} />)}
        {size > 0 && <Line icon={size > 102 ? "alert-triangle" : "circle-check"} tone={size > 102 ? "amber" : "green"} words={say("size", { size })} />}
      </ul>
    </section>
  );
}

function Line({ icon, tone, words, path }: { icon: string; tone: string; words: string; path?: string }) {
  return (
    <li>
      <span class={tone}><Icon name={icon} /></span>
      {path ? <button type="button" class="linkish" onClick={() => select(path, true)}>{words}</button> : <span>{words}</span>}
    </li>
  );
}
