// Over the text one writes: emphasis, lists, links, colour, personal values.
import { useEffect, useRef, useState } from "react";
import { Icon } from "../page/Icon";
import { colours } from "./setting";
import * as store from "./store";
import { useStore } from "./store";
import { say } from "./words";
import * as writing from "./writing";

const MARKS = [["bold", "bold"], ["italic", "italic"], ["underline", "underline"], ["strike", "strikethrough"]] as const;
const LISTS = [["bulletList", "list"], ["orderedList", "list-numbers"]] as const;

export function WritingBar() {
  useStore((state) => state.acts);
  const [asks, setAsks] = useState<"" | "link" | "colour">("");
  const editor = writing.current();
  if (!editor) {
    return null;
  }
  const lists = { bulletList: () => editor.chain().focus().toggleBulletList().run(), orderedList: () => editor.chain().focus().toggleOrderedList().run() };
  return (
    <div class="writing-bar" role="toolbar" aria-label={say("writing")}>
      {MARKS.map(([name, icon]) => <Press key={name} name={name} icon={icon} on={editor.isActive(name)} act={() => editor.chain().focus().toggleMark(name).run()} />)}
      {LISTS.map(([name, icon]) => <Press key={name} name={name} icon={icon} on={editor.isActive(name)} act={lists[name]} />)}
      <Press name="link" icon="link" on={editor.isActive("link")} act={() => setAsks(asks === "link" ? "" : "link")} />
      <Press name="colour" icon="palette" on={asks === "colour"} act={() => setAsks(asks === "colour" ? "" : "colour")} />
      <Press name="plain" icon="clear-formatting" on={false} act={writing.plain} />
      <Press name="done" icon="check" on={false} act={writing.end} />
      {asks === "link" && <Link done={() => setAsks("")} />}
      {asks === "colour" && (
        <div class="asked">
          {colours(store.get().tree.source).map((each) => (
            <button key={each} type="button" class="swatch" aria-label={say("use_colour", { colour: each })} title={each} onClick={() => writing.colour(each)}>
              <svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="4" fill={each} /></svg>
            </button>
          ))}
          <input type="color" aria-label={say("pick_colour")} onInput={(event) => event.stopPropagation()} onChange={(event) => writing.colour(event.currentTarget.value)} />
        </div>
      )}
    </div>
  );
}

function Press({ name, icon, on, act }: { name: string; icon: string; on: boolean; act: () => void }) {
  // The text keeps its selection while one presses.
  return (
    <button type="button" aria-pressed={on} aria-label={say(`write_${name}`)} title={say(`write_${name}`)} onMouseDown={(event) => event.preventDefault()} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

function Link({ done }: { done: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  // Whatever goes on in the text meanwhile, what is typed here stays.
  const [typed, setTyped] = useState(writing.hrefOf);
  useEffect(() => field.current?.focus(), []);
  const apply = () => {
    writing.link(typed);
    done();
  };
  return (
    <div class="asked">
      <input
        ref={field} class="form-control" aria-label={say("attr_href")} placeholder="https://" value={typed}
        onInput={(event) => {
          event.stopPropagation();
          setTyped(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            apply();
          } else if (event.key === "Escape") {
            event.preventDefault();
            done();
            writing.current()?.commands.focus();
          }
        }}
      />
      <button type="button" class="btn btn-sm" onClick={apply}>{say("apply")}</button>
    </div>
  );
}
