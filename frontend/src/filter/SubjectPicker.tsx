// What a condition may be about: searched by name, in groups.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Subject } from "./catalogue";
import { useTools } from "./context";
import { Icon } from "../page/Icon";
import { fold, grouped, ranked } from "../page/ranking";

interface Properties {
  onPick: (subject: Subject) => void;
  onClose: () => void;
}

/** The label with what was searched set off. */
function Marked({ label, text }: { label: string; text: string }) {
  const at = text ? fold(label).indexOf(text) : -1;
  if (at < 0 || fold(label).length !== label.length) {
    return <span class="clip">{label}</span>;
  }
  const end = at + text.length;
  return <span class="clip">{label.slice(0, at)}<b>{label.slice(at, end)}</b>{label.slice(end)}</span>;
}

const HIGHEST = 380, LEAST = 220, MARGIN = 12;

/** Open where there is room, as high as that is: the page beneath stays where it was. */
function fit(box: HTMLElement): void {
  const frame = box.closest("dialog .inside")?.getBoundingClientRect();
  const foot = Math.min(window.innerHeight, frame?.bottom ?? Infinity);
  const anchor = box.parentElement!.getBoundingClientRect();
  const below = foot - anchor.bottom - MARGIN;
  const above = anchor.top - Math.max(0, frame?.top ?? 0) - MARGIN;
  const up = below < LEAST && above > below;
  box.classList.toggle("up", up);
  box.style.maxHeight = `${Math.min(HIGHEST, Math.max(LEAST, up ? above : below))}px`;
  box.scrollIntoView({ block: "nearest" });
}

export function SubjectPicker({ onPick, onClose }: Properties) {
  const { catalogue, word } = useTools();
  const [text, setText] = useState("");
  const [marked, setMarked] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const list = useId();
  const wanted = fold(text.trim());
  const matching = catalogue.subjects.filter((subject) => fold(`${subject.label} ${subject.key}`).includes(wanted));
  // Of names that match alike, what somebody is comes before what happened: "tag" is *Tags* before *Tag added*.
  const places = new Map(catalogue.groups.map((group, place) => [group.key, place]));
  const inOrder = matching.sort((one, other) => places.get(one.group)! - places.get(other.group)!);
  const found = ranked(inOrder, text, (subject) => subject.label);
  const groups = grouped(catalogue.groups, found, (subject, group) => subject.group === group.key, text);
  const lines = groups.flatMap((one) => one.lines);

  useLayoutEffect(() => {
    box.current?.querySelector("input")?.focus({ preventScroll: true });
    if (box.current && getComputedStyle(box.current).position === "absolute") {
      fit(box.current);
    }
  }, []);
  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) {
        onClose();
      }
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [marked, text]);

  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setMarked((marked + (event.key === "ArrowDown" ? 1 : -1) + lines.length) % Math.max(1, lines.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (lines[marked]) {
        onPick(lines[marked]);
      }
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      onClose();
    }
  };

  return (
    <div class="fb-picker" ref={box} onKeyDown={onKey}>
      <div class="searchbox">
        <Icon name="search" />
        <input type="search" role="combobox" aria-expanded="true" aria-controls={list} aria-autocomplete="list"
          aria-label={word("search_subject")} placeholder={word("search_subject")} autocomplete="off"
          aria-activedescendant={lines[marked] ? `${list}-${marked}` : undefined} value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setMarked(0);
          }} />
        <button type="button" class="bare-btn small-btn only-narrow" aria-label={word("close")} onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      <div class="fb-subjects" role="listbox" id={list} aria-label={word("search_subject")}>
        {groups.map(({ group, lines: subjects }) => (
          <div role="group" aria-label={group.label} key={group.key}>
            <div class="fb-heading" aria-hidden="true">{group.label}</div>
            {subjects.map((subject) => {
              const place = lines.indexOf(subject);
              return (
                <div key={`${subject.kind} ${subject.key}`} id={`${list}-${place}`} role="option"
                  class="fb-option" aria-selected={place === marked} onClick={() => onPick(subject)}>
                  <Icon name={subject.icon} />
                  <Marked label={subject.label} text={wanted} />
                  <span class="fb-hint">{subject.hint}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {!lines.length && <p class="fb-nothing">{word("nothing_found")}</p>}
    </div>
  );
}
