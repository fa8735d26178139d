// The builder of a form: what can be put in, the form, what can be set.
import "./forms.css";
import { createPortal } from "react-dom";
import { createRoot } from "react-dom/client";
import { useEffect } from "react";
import { command } from "../page/commands";
import { Icon } from "../page/Icon";
import { Canvas, drag } from "./Canvas";
import { Panel } from "./Panel";
import * as store from "./store";
import { useStore } from "./store";
import { page, say } from "./words";

function App({ css }: { css: string }) {
  const preview = useStore((state) => state.preview);
  const said = useStore((state) => state.said);
  useEffect(() => {
    document.addEventListener("keydown", undoing);
    return () => document.removeEventListener("keydown", undoing);
  }, []);
  return (
    <>
      {createPortal(<Bar />, document.getElementById("form-bar")!)}
      <div class="building" hidden={preview !== ""}>
        {page.may.edit && <Palette />}
        <div class="middle"><Canvas css={css} /><p class="keys-help">{say("keys_help")}</p></div>
        <Panel />
      </div>
      {preview && <Preview size={preview} />}
      <p class="said" role="status">{said}</p>
    </>
  );
}

/** Undo belongs to the text one is typing, as long as one is. */
function undoing(event: KeyboardEvent): void {
  const at = event.composedPath()[0] as HTMLElement;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !at.matches?.("input, textarea")) {
    event.preventDefault();
    (event.shiftKey ? store.redo : store.undo)();
  }
}

function Bar() {
  const { saving, refusal, past, future, preview, language, ahead, lacks } = useStore((state) => state);
  const publish = async () => {
    if (await store.flush()) {
      document.querySelector<HTMLFormElement>("#form-publish")!.submit();
    }
  };
  const look = async (size: "" | "desktop" | "phone") => {
    await store.flush();
    store.set({ preview: size });
  };
  return (
    <>
      <span class={`saving ${saving}`} role="status">{saving === "refused" ? `${say("refused")} ${refusal}` : say(saving)}
        {saving === "conflict" && <> <button type="button" class="linkish" onClick={() => window.location.reload()}>{say("reload")}</button></>}</span>
      <label class="sr-only" for="writing-in">{say("writing_in")}</label>
      <select id="writing-in" class="form-select writing-in" title={say("writing_in")} value={language} onChange={(event) => store.set({ language: event.currentTarget.value })}>
        {page.languages.map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
      </select>
      <button type="button" class="bare-btn wide-only" aria-label={say("undo")} title={`${say("undo")} (${command("Z")})`} disabled={!past.length} onClick={store.undo}><Icon name="arrow-back-up" /></button>
      <button type="button" class="bare-btn wide-only" aria-label={say("redo")} title={`${say("redo")} (${command("Z", true)})`} disabled={!future.length} onClick={store.redo}><Icon name="arrow-forward-up" /></button>
      <div class="btn-group" role="group" aria-label={say("preview")}>
        <button type="button" class="btn" aria-pressed={preview === ""} onClick={() => void look("")}><Icon name="pencil" /><span class="wide-only">{say("build")}</span></button>
        <button type="button" class="btn" aria-pressed={preview === "desktop"} onClick={() => void look("desktop")} aria-label={`${say("preview")}: ${say("desktop")}`}><Icon name="device-desktop" /></button>
        <button type="button" class="btn" aria-pressed={preview === "phone"} onClick={() => void look("phone")} aria-label={`${say("preview")}: ${say("phone")}`}><Icon name="device-mobile" /></button>
      </div>
      {page.may.publish && <button type="button" class="btn btn-primary" disabled={!ahead || lacks.length > 0} title={lacks[0]?.message ?? ""} onClick={() => void publish()}>{say(page.published ? "publish_changes" : "publish")}</button>}
    </>
  );
}

function Palette() {
  return (
    <aside class="wing left" aria-label={say("fields")}>
      <p class="form-text">{say("add_help")}</p>
      {Object.entries(page.groups).map(([group, label]) => (
        <section key={group}>
          <h3>{label}</h3>
          <div class="tiles">
            {page.kinds.filter((kind) => kind.group === group).map((kind) => (
              <button key={kind.key} type="button" class="offer" onClick={() => store.add(kind)} onPointerDown={(event) => {
                if (event.pointerType !== "touch") {
                  drag(event as unknown as PointerEvent, kind.label, (to) => store.add(kind, to));
                }
              }}><Icon name={kind.icon} />{kind.label}</button>
            ))}
          </div>
        </section>
      ))}
    </aside>
  );
}

function Preview({ size }: { size: "desktop" | "phone" }) {
  const language = useStore((state) => state.language);
  return <div class={`previewing ${size}`}><iframe title={say("preview")} src={`${page.preview}?lang=${language}`} sandbox="allow-scripts allow-same-origin" /></div>;
}

async function open(): Promise<void> {
  const root = document.getElementById("form-builder")!;
  const css = await (await fetch(root.dataset.css!)).text();
  store.start();
  createRoot(root).render(<App css={css} />);
}

void open();
