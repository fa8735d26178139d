// Personal values: put into the text that is written, or where one wrote last: subject, preview text, a field.
import { useEffect, useRef, useState } from "react";
import { arrowsLeadTo, written } from "../code/tokens";
import type { TokenGroup } from "../code/code";
import { Icon } from "../page/Icon";
import { pageData } from "../page/words";
import { say } from "./words";
import * as writing from "./writing";

type Field = HTMLInputElement | HTMLTextAreaElement;

const TAKES = "#id_subject, #id_preheader, .properties .form-control:not([type='search']), .writing-bar .form-control";
const groups = pageData<TokenGroup[] | null>("email-tokens") ?? [];

export function Tokens() {
  const [text, setText] = useState("");
  const [lost, setLost] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const last = useRef<Field | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const heard = (event: FocusEvent) => {
      const field = event.target as HTMLElement;
      if (field.matches?.(TAKES)) {
        last.current = field as Field;
      }
    };
    // Whichever was written in last: a field, or the text in the frame, whose focus is heard there alone.
    const text = () => (last.current = null);
    document.addEventListener("focusin", heard);
    document.addEventListener(writing.FOCUSED, text);
    if (search.current && list.current) {
      arrowsLeadTo(search.current, list.current);
    }
    return () => {
      document.removeEventListener("focusin", heard);
      document.removeEventListener(writing.FOCUSED, text);
    };
  }, []);
  const put = (path: string) => {
    opener.current?.click();
    const field = last.current;
    if (!field?.isConnected || !field.checkVisibility()) {
      setLost(!writing.put(path));
    } else {
      setLost(false);
      field.setRangeText(written(path), field.selectionStart ?? 0, field.selectionEnd ?? 0, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
  };
  const wanted = text.trim().toLowerCase();
  return (
    <div class="dropdown">
      <button ref={opener} class="btn btn-sm" type="button" onClick={() => setLost(false)} data-bs-toggle="dropdown" data-bs-auto-close="outside" aria-expanded="false"><Icon name="braces" /><span class="word">{say("personal")}</span></button>
      <div class="dropdown-menu picker">
        <input
          ref={search} class="form-control" type="search" placeholder={say("search")} aria-label={say("search_personal")} value={text}
          onInput={(event) => {
            event.stopPropagation();
            setText(event.currentTarget.value);
          }}
        />
        <div ref={list}>{groups.map((group) => {
          const found = group.tokens.filter((token) => `${token.path} ${token.label}`.toLowerCase().includes(wanted));
          return found.length > 0 && (
            <div key={group.label}>
              <div class="dropdown-header">{group.label}</div>
              {found.map((token) => (
                <button key={token.path} type="button" class="dropdown-item" onClick={() => put(token.path)}>
                  <span class="grow clip">{token.label}</span><span class="mono quiet">{token.path}</span>
                </button>
              ))}
            </div>
          );
        })}</div>
      </div>
      {lost && <span class="meta red" role="status">{say("put_where")}</span>}
    </div>
  );
}
