// To whom a block is shown: everybody, one audience, or each its own words with a default.
import { useEffect, useId, useSyncExternalStore } from "react";
import { add, list, nameOf, whenChanged } from "../audiences/list";
import { look } from "../audiences/start";
import { Icon } from "../page/Icon";
import { select } from "./editing";
import { levelOf } from "./levels";
import type { Statement } from "./places";
import { type Block, type Tree, read } from "./reading";
import * as store from "./store";
import { askedBy, chainOf, isAlone, shownTo, turnOf, withoutVariant, withVariant, type Chain } from "./variants";
import { say } from "./words";

const NEW = "+";

function wanted(value: string): string {
  return value === NEW ? add((number) => say("audience_new", { number })).key : value;
}

/** The first block at or after a place, to go on with. */
function blockAt(source: string, at: number): string {
  const found = [...read(source).blocks.values()].filter((each) => each.from >= at && levelOf(each.name));
  return found.sort((one, other) => one.from - other.from)[0]?.path ?? "b";
}

export function ShownTo({ tree, block }: { tree: Tree; block: Block }) {
  const id = useId();
  const audiences = useSyncExternalStore(whenChanged, list);
  const chain = chainOf(tree, block);
  const key = chain && askedBy(turnOf(chain, block));
  // One sees what one is about to change.
  useEffect(() => {
    if (chain) {
      look(key ?? "");
    }
  }, [block.path, key]);
  if (!levelOf(block.name)) {
    return null;
  }
  if (chain && !isAlone(tree, chain, block)) {
    return <Variants tree={tree} block={block} chain={chain} />;
  }
  const choose = (value: string) => {
    const source = shownTo(tree, block, wanted(value));
    store.change(source, block.path);
  };
  const vary = (value: string) => {
    const now = store.get().tree;
    const same = now.blocks.get(block.path);
    const around = same && chainOf(now, same);
    if (around && same) {
      store.change(withVariant(now, around, same, value), block.path);
    }
  };
  return (
    <div class="panel-field">
      <label class="form-label" for={id}>{say("shown_to")}</label>
      <select id={id} class="form-select" value={key ?? ""} onInput={(event) => event.stopPropagation()} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{say("everybody")}</option>
        {audiences.map((each) => <option key={each.key} value={each.key}>{each.name}</option>)}
        <option value={NEW}>{say("audience_another")}</option>
      </select>
      {chain && <button type="button" class="linkish" onClick={() => vary("")}>{say("variant_else")}</button>}
    </div>
  );
}

function Variants({ tree, block, chain }: { tree: Tree; block: Block; chain: Chain }) {
  const id = useId();
  const mine = turnOf(chain, block);
  const taken = new Set(chain.turns.map(askedBy));
  const go = (turn: Statement) => select(blockAt(tree.source, turn.to));
  const more = (value: string) => {
    if (value) {
      const source = withVariant(tree, chain, block, wanted(value));
      const else_ = chain.turns.at(-1) as Statement;
      store.change(source, blockAt(source, else_.words === "else" ? else_.from : chain.end.from));
    }
  };
  const drop = (turn: Statement) => {
    const source = withoutVariant(tree, chain, turn);
    store.change(source, blockAt(source, chain.turns[0].from));
  };
  return (
    <fieldset class="panel-field variants">
      <legend class="form-label">{say("variants")}</legend>
      {chain.turns.map((turn) => {
        const key = askedBy(turn) ?? "";
        const name = key ? nameOf(key) : say("everybody_else");
        return (
          <div class="line" key={turn.from}>
            <button type="button" class={`btn btn-sm grow${turn === mine ? " btn-primary" : ""}`} aria-pressed={turn === mine} onClick={() => go(turn)}><span class="clip">{name}</span></button>
            {(key === "" || chain.turns.length > 2 || turn !== chain.turns[0]) && (
              <button type="button" class="bare-btn small-btn" aria-label={`${say("remove")}: ${name}`} onClick={() => drop(turn)}><Icon name="trash" /></button>
            )}
          </div>
        );
      })}
      <label class="visually-hidden" for={id}>{say("variant_add")}</label>
      <select id={id} class="form-select" value="" onInput={(event) => event.stopPropagation()} onChange={(event) => more(event.currentTarget.value)}>
        <option value="">{say("variant_add")}</option>
        {list().filter((each) => !taken.has(each.key)).map((each) => <option key={each.key} value={each.key}>{each.name}</option>)}
        <option value={NEW}>{say("audience_another")}</option>
      </select>
    </fieldset>
  );
}
