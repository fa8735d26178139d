// What holds in the whole email where a block says nothing else, and the columns of a section.
import { useId } from "react";
import { LAYOUTS, widthsOf } from "./columns";
import { ColourLine, FontChoice, Line, measured } from "./fields";
import { Columns } from "./Palette";
import type { Block, Tree } from "./reading";
import * as setting from "./setting";
import { say } from "./words";

/** The attribute of an element that the head says, how it is called, and what MJML takes without it. */
const LOOKS = [
  { of: "mj-all", name: "font-family", words: "attr_font-family", usual: "Ubuntu, Helvetica, Arial, sans-serif" },
  { of: "mj-text", name: "font-size", words: "look_size", usual: "13px" },
  { of: "mj-text", name: "line-height", words: "attr_line-height", usual: "1" },
  { of: "mj-text", name: "color", words: "look_text", usual: "#000000" },
  { of: "mj-button", name: "background-color", words: "look_button", usual: "#414141" },
];

export function Looks({ tree }: { tree: Tree }) {
  const first = useId();
  return (
    <>
      {LOOKS.map(({ of: said, name, words, usual }) => {
        // Where the head says of texts alone what it says of all, that is what texts take.
        const of = said === "mj-all" && setting.lookOf(tree, "mj-text", name) ? "mj-text" : said;
        const id = `${first}-${said}-${name}`;
        const value = setting.lookOf(tree, of, name);
        const all = setting.lookOf(tree, "mj-all", name) || usual;
        const commit = (text: string) => setting.setLook(of, name, name === "font-size" ? measured(text) : text);
        return (
          <div key={id} class={`panel-field ${name.endsWith("color") ? "" : "half"}`}>
            <label class="form-label" for={id}>{say(words)}</label>
            {name === "font-family" ? <FontChoice id={id} value={value} usual={of === said ? usual : all} commit={commit} />
              : name.endsWith("color") ? <ColourLine id={id} keep={`b look ${of} ${name}`} value={value} usual={all} palette={setting.colours(tree.source)} commit={commit} />
              : <Line id={id} keep={`b look ${of} ${name}`} value={value} usual={all} commit={commit} />}
          </div>
        );
      })}
    </>
  );
}

export function Layout({ tree, block }: { tree: Tree; block: Block }) {
  const id = useId();
  const widths = widthsOf(tree, block);
  return widths && (
    <div class="panel-field">
      <div class="form-label" id={id}>{say("columns")}</div>
      <div class="modes layouts" role="group" aria-labelledby={id}>
        {LAYOUTS.map((layout) => (
          <button
            key={layout.join()} type="button" aria-pressed={widths.join() === layout.join()} aria-label={named(layout)} title={named(layout)}
            onClick={() => setting.setColumns(block.path, layout)}
          >
            <Columns widths={layout.map((width) => parseFloat(width) || 1)} />
          </button>
        ))}
      </div>
    </div>
  );
}

function named(layout: string[]): string {
  const [first, second] = layout.map(parseFloat);
  return say(first ? (first < second ? "offer_columns_12" : "offer_columns_21") : `offer_columns_${layout.length}`);
}
