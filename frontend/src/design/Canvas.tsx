// The mail itself, as the server renders it; over it what is selected, and where something would land.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../page/Icon";
import { ICONS } from "./catalogue";
import * as clipboard from "./clipboard";
import * as dragging from "./dragging";
import { duplicate, go, move, remove, select } from "./editing";
import * as frame from "./frame";
import * as keys from "./keys";
import { levelOf } from "./levels";
import { condition } from "./places";
import * as store from "./store";
import { useStore } from "./store";
import { nameOf, say } from "./words";
import * as writing from "./writing";
import { WritingBar } from "./WritingBar";

export function Canvas({ address }: { address: string }) {
  const canvas = useStore((state) => state.canvas);
  const shownOf = useStore((state) => state.shownOf);
  const look = useStore((state) => state.look);
  const images = useStore((state) => state.images);
  const old = useStore((state) => state.old);
  const writes = useStore((state) => state.writing !== "");
  const element = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(0);
  const [tall, setTall] = useState(400);
  useLayoutEffect(() => {
    frame.use(element.current);
    return () => frame.use(null);
  }, []);
  useEffect(() => (ready ? listen() : undefined), [ready]);
  useEffect(() => {
    // What is written in stays as it is until one leaves it; one may have begun since this was wanted.
    const kept = store.get().writing !== "";
    if (!ready || !canvas || (!kept && !frame.fill(canvas, shownOf))) {
      return undefined;
    }
    if (!kept) {
      writing.drawn();
    }
    const measure = () => {
      setTall(Math.max(frame.height(), 160));
      store.set({ drawn: store.get().drawn + 1 });
    };
    measure();
    const watch = new ResizeObserver(measure);
    const body = frame.page()?.body;
    if (body) {
      watch.observe(body);
    }
    frame.page()?.addEventListener("load", measure, true);
    return () => {
      watch.disconnect();
      frame.page()?.removeEventListener("load", measure, true);
    };
  }, [ready, canvas, shownOf, writes]);
  return (
    <div class={`sheet ${look} ${old ? "old" : ""}`}>
      <iframe
        ref={element} title={say("canvas")} sandbox="allow-same-origin" src={address + (images ? "?images" : "")}
        style={{ height: `${tall}px` }} onLoad={() => setReady((count) => count + 1)}
      />
      <Overlay />
    </div>
  );
}

/** The frame cannot act by itself: its page hears for it. */
function listen(): (() => void) | undefined {
  const page = frame.page();
  if (!page) {
    return undefined;
  }
  const isWriting = (event: Event) => Boolean((event.target as Element).closest?.(".relais-writing"));
  const click = (event: MouseEvent) => {
    event.preventDefault();
    if (!isWriting(event)) {
      writing.end();
      const path = frame.pathOf(event.target);
      if (path) {
        select(path);
      }
    }
  };
  const twice = (event: MouseEvent) => !isWriting(event) && frame.pathOf(event.target) && keys.edit();
  const press = (event: PointerEvent) => {
    const path = frame.pathOf(event.target);
    if (!isWriting(event) && path && path !== "b" && event.pointerType === "mouse") {
      dragging.begin(event, { path }, true);
    }
  };
  const over = (event: MouseEvent) => {
    const path = frame.pathOf(event.target);
    if (path !== store.get().hovered) {
      store.set({ hovered: path });
    }
  };
  const out = () => store.set({ hovered: "" });
  const key = (event: KeyboardEvent) => keys.inFrame(event, isWriting(event));
  const stop = (event: Event) => event.preventDefault();
  const heard: [string, (event: never) => void][] = [
    ["click", click], ["auxclick", stop], ["dblclick", twice], ["pointerdown", press], ["mouseover", over], ["mouseleave", out], ["keydown", key],
    ["dragstart", stop], ["submit", stop],
  ];
  heard.forEach(([name, act]) => page.addEventListener(name, act as EventListener));
  // Who writes has taken it already, and what was pressed on may be gone.
  const deaf = clipboard.hear(page, () => store.get().writing === "");
  return () => {
    heard.forEach(([name, act]) => page.removeEventListener(name, act as EventListener));
    deaf();
  };
}

function Overlay() {
  const tree = useStore((state) => state.tree);
  const selected = useStore((state) => state.selected);
  const hovered = useStore((state) => state.hovered);
  const drop = useStore((state) => state.drop);
  const written = useStore((state) => state.writing);
  const drawn = useStore((state) => state.drawn);
  useEffect(() => {
    // Another block, or another source under it: the text is left.
    if (written && selected !== written) {
      writing.end();
    }
  }, [selected, written]);
  // What is asked of the frame holds until it is drawn anew.
  const [, redraw] = useState(0);
  useEffect(() => redraw(drawn), [drawn, selected, hovered]);
  const block = tree.blocks.get(selected);
  const box = block && frame.boxOf(tree, selected);
  const near = hovered && hovered !== selected && hovered !== "b" ? frame.boxOf(tree, hovered) : null;
  return (
    <div class="over">
      {near && !drop && <div class="near" style={at(near)} />}
      {box && block && (
        <div class={`chosen ${written ? "written" : ""} ${box.top < 30 ? "low" : ""}`} style={at(box)}>
          {written ? <WritingBar /> : <Handles name={block.name} only={condition(tree, block)} path={selected} />}
        </div>
      )}
      {drop && <div class="line" style={at(drop.line)}>{drop.only && <span class="only">{say("only", { words: drop.only })}</span>}</div>}
    </div>
  );
}

function at({ left, top, width, height }: frame.Box) {
  return { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
}

function Handles({ name, only, path }: { name: string; only: string; path: string }) {
  const level = levelOf(name);
  return (
    <div class="handles">
      <span class="tag" onPointerDown={(event) => level && dragging.begin(event, { path })} title={level ? say("drag_to_move") : undefined}>
        <Icon name={ICONS[name] ?? "point"} />
        {nameOf(name)}
        {only && <Icon name="filter-question" />}
      </span>
      {level && (
        <span class="acts" role="toolbar" aria-label={nameOf(name)}>
          <button type="button" title={say("select_out")} aria-label={say("select_out")} onClick={() => go("out")}><Icon name="corner-up-left" /></button>
          <button type="button" title={say("move_up")} aria-label={say("move_up")} onClick={() => move(-1)}><Icon name="arrow-up" /></button>
          <button type="button" title={say("move_down")} aria-label={say("move_down")} onClick={() => move(1)}><Icon name="arrow-down" /></button>
          <button type="button" title={say("duplicate")} aria-label={say("duplicate")} onClick={duplicate}><Icon name="copy" /></button>
          <button type="button" title={say("remove")} aria-label={say("remove")} onClick={remove}><Icon name="trash" /></button>
        </span>
      )}
    </div>
  );
}

/** Bring what is selected into view, whoever selected it. */
export function useInView(stage: { current: HTMLElement | null }): void {
  const selected = useStore((state) => state.selected);
  const drawn = useStore((state) => state.drawn);
  const seen = useRef("");
  useEffect(() => {
    const { tree } = store.get();
    const box = selected && selected !== "b" && frame.boxOf(tree, selected);
    const sheet = stage.current?.querySelector(".sheet")?.getBoundingClientRect();
    const room = stage.current?.getBoundingClientRect();
    if (!box || !sheet || !room || seen.current === selected) {
      return;
    }
    seen.current = selected;
    const [top, bottom] = [sheet.top + box.top - room.top, sheet.top + box.top + box.height - room.top];
    if (top < 40 || (bottom > room.height && top > room.height - 80)) {
      stage.current?.scrollBy({ top: top - 80 });
    }
  }, [selected, drawn]);
}
