// The design: blocks and structure at the left, the mail in the middle, settings at the right.
import { useRef } from "react";
import { Icon } from "../page/Icon";
import { Canvas, useInView } from "./Canvas";
import * as dragging from "./dragging";
import * as editing from "./editing";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { Panel } from "./Panel";
import { Pictures } from "./Pictures";
import { closeSheet } from "./sheets";
import * as store from "./store";
import { useStore } from "./store";
import { Tokens } from "./Tokens";
import { say } from "./words";
import * as writing from "./writing";

export function Design({ address, toCode, toNobody }: { address: string; toCode: (offset: number) => void; toNobody: () => void }) {
  const tab = useStore((state) => state.tab);
  const sheet = useStore((state) => state.sheet);
  const said = useStore((state) => state.said);
  const stage = useRef<HTMLDivElement>(null);
  useInView(stage);
  return (
    <>
      <aside class={`wing left ${sheet === "left" ? "open" : ""}`} aria-label={say("blocks")} onKeyDown={escape("left")}>
        <div class="tabs"><div role="tablist">
          {(["blocks", "structure"] as const).map((name) => (
            <button key={name} type="button" role="tab" id={`design-${name}`} aria-selected={tab === name} aria-controls="design-left" tabIndex={tab === name ? 0 : -1} onClick={() => store.set({ tab: name })} onKeyDown={turn}>{say(name)}</button>
          ))}</div>
          <button type="button" class="bare-btn small-btn closes" aria-label={say("close")} onClick={() => closeSheet("left")}><Icon name="x" /></button>
        </div>
        <div class="inside" role="tabpanel" id="design-left" aria-labelledby={`design-${tab}`}>{tab === "blocks" ? <Palette /> : <Outline />}</div>
      </aside>
      <section class="middle" aria-label={say("canvas")}>
        <Toolbar toNobody={toNobody} />
        <div
          class="stage" tabIndex={0} role="region" aria-label={say("canvas")}
          ref={(element) => {
            stage.current = element;
            dragging.use(element);
          }}
        >
          <Canvas address={address} />
        </div>
      </section>
      <aside class={`wing right properties ${sheet === "right" ? "open" : ""}`} aria-label={say("properties")} onKeyDown={escape("right")}><Panel toCode={toCode} /></aside>
      <Pictures />
      <div class="visually-hidden" role="status">{said}</div>
    </>
  );
}

/** Escape closes a sheet, where it is one. */
function escape(name: "left" | "right") {
  return (event: KeyboardEvent) => {
    const close = document.querySelector<HTMLElement>(`#email-design .${name} .closes`);
    if (event.key === "Escape" && !event.defaultPrevented && store.get().sheet === name && close?.checkVisibility({ visibilityProperty: true })) {
      event.preventDefault();
      event.stopPropagation();
      closeSheet(name);
    }
  };
}

function turn(event: KeyboardEvent): void {
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    const tab = store.get().tab === "blocks" ? "structure" : "blocks";
    store.set({ tab });
    window.requestAnimationFrame(() => document.getElementById(`design-${tab}`)?.focus());
  }
}

function Toolbar({ toNobody }: { toNobody: () => void }) {
  const look = useStore((state) => state.look);
  const images = useStore((state) => state.images);
  const old = useStore((state) => state.old);
  const stuck = useStore((state) => state.stuck);
  const whom = useStore((state) => state.whom);
  const waiting = useStore((state) => [...state.waits.keys()][0] ?? "");
  const sheet = useStore((state) => state.sheet);
  const steps = useStore((state) => `${state.past.length > 0} ${state.future.length > 0}`).split(" ");
  const sheets = (name: "left" | "right") => () => store.set({ sheet: store.get().sheet === name ? "" : name });
  return (
    <div class="toolbar">
      <button type="button" class="btn btn-sm only-sheets" data-sheet="left" aria-expanded={sheet === "left"} onClick={sheets("left")}><Icon name="plus" /><span>{say("blocks")}</span></button>
      <div class="modes widths" role="group" aria-label={say("width")}>
        {(["wide", "slim"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={look === each} aria-label={say(each)} title={say(each)} onClick={() => store.set({ look: each })}>
            <Icon name={each === "wide" ? "device-desktop" : "device-mobile"} />
          </button>
        ))}
      </div>
      <button
        type="button" class="btn btn-sm ghost" aria-pressed={images} title={say("images_off")}
        onClick={() => {
          // The frame begins anew: what is written in it would be gone.
          writing.end();
          store.set({ images: !images });
        }}
      >
        <Icon name="photo" /><span class="word">{say("images")}</span>
      </button>
      <Tokens />
      <button type="button" class="bare-btn only-phone" aria-label={say("undo")} disabled={steps[0] === "false"} onClick={editing.takeBack}><Icon name="arrow-back-up" /></button>
      <button type="button" class="bare-btn only-phone" aria-label={say("redo")} disabled={steps[1] === "false"} onClick={editing.again}><Icon name="arrow-forward-up" /></button>
      <span class="grow" />
      {whom && (
        <span class="meta whom">
          <Icon name="eye" /><span class="clip">{say("as_whom", { name: whom })}</span>
          <button type="button" class="bare-btn small-btn" aria-label={say("as_nobody")} title={say("as_nobody")} onClick={toNobody}><Icon name="x" /></button>
        </span>
      )}
      {waiting && <button type="button" class="linkish meta red" onClick={() => editing.select(waiting.split(" ")[0], true)}>{say("half_typed")}</button>}
      {(old || stuck) && <span class="meta red" role="status">{say(stuck || "not_drawn")}</span>}
      <button type="button" class="btn btn-sm only-sheets" data-sheet="right" aria-expanded={sheet === "right"} onClick={sheets("right")}><Icon name="settings" /><span>{say("properties")}</span></button>
    </div>
  );
}
