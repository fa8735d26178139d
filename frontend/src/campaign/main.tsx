// The canvas of a campaign: reads the draft, draws it, keeps it.
import "@xyflow/react/dist/base.css";
import "./canvas.css";
import "./panel.css";
import "./simulate.css";
import { ReactFlowProvider } from "@xyflow/react";
import { createPortal } from "react-dom";
import { createRoot } from "react-dom/client";
import { useEffect, useState } from "react";
import { call, Refusal } from "../page/requests";
import { Bar, Titles } from "./Bar";
import { Canvas } from "./Canvas";
import { asked, type Choice } from "./choosing";
import * as clipboard from "./clipboard";
import { Conflict, Publish, Unpublish } from "./Dialogs";
import { mayEdit } from "./editing";
import { final } from "./graph";
import { Palette } from "./Palette";
import { Panel } from "./Panel";
import { PeopleMode } from "./People";
import { tidied } from "./layout";
import { Results } from "./Results";
import { Simulate } from "./Simulate";
import * as saving from "./saving";
import * as store from "./store";
import { useStore } from "./store";
import { Versions } from "./Versions";
import type { Draft, Graph, Offers, Statistics } from "./types";
import { page, say } from "./words";

const EMPTY: Graph = { nodes: [], edges: [] };
const EVERY = 5_000;
// What took too long once is not asked again at once.
const AFTER_REFUSAL = 60_000;

function App() {
  const mode = useStore((state) => state.mode);
  const said = useStore((state) => state.said);
  const landing = useStore((state) => state.landing);
  const simulating = useStore((state) => state.simulation !== null);
  const [asking, setAsking] = useState<"publish" | "unpublish" | null>(null);
  const dark = useDark();
  const choice = useStore((state) => state.choice);
  useEffect(() => poll(choice), [choice]);
  const publish = async () => {
    if (!mayEdit() || (await saving.flush())) {
      setAsking("publish");
    }
  };
  return (
    <>
      {createPortal(<Bar onPublish={() => void publish()} onUnpublish={() => setAsking("unpublish")} />, document.getElementById("campaign-bar")!)}
      <Titles />
      <div class={`drawing ${mayEdit() ? "" : "reading"} ${landing ? "asking" : ""}`} hidden={mode !== "build"}>
        {mayEdit() && <Palette />}
        <ReactFlowProvider><Canvas dark={dark} /></ReactFlowProvider>
        {simulating ? <Simulate /> : <Panel />}
      </div>
      {mode === "people" && <PeopleMode />}
      {mode === "results" && <Results />}
      {mode === "versions" && <Versions />}
      <p class="said" role="status">{said}</p>
      {asking === "publish" && <Publish onClose={() => setAsking(null)} />}
      {asking === "unpublish" && <Unpublish onClose={() => setAsking(null)} />}
      <Conflict />
    </>
  );
}

/** Read the figures that were chosen every few seconds while somebody looks; until then there are none. */
function poll(choice: Choice): () => void {
  let timer = 0;
  // An answer to what is not asked any more is none.
  let over = false;
  const ask = async (): Promise<number> => {
    const query = asked(choice);
    try {
      const figures = await call<Statistics>("GET", `campaigns/${page.id}/statistics${query && `?${query}`}`);
      if (!over && (store.get().unread || JSON.stringify(figures) !== JSON.stringify(store.get().figures))) {
        store.set({ figures, unread: "" });
      }
      return EVERY;
    } catch (error) {
      if (!over) {
        store.set({ unread: error instanceof Error ? error.message : String(error) });
      }
      // Whoever has lost the connection asks nobody; only a refusal has cost something.
      return error instanceof Refusal ? AFTER_REFUSAL : EVERY;
    }
  };
  const read = async () => {
    const wait = document.visibilityState === "visible" ? await ask() : EVERY;
    if (!over) {
      timer = window.setTimeout(() => void read(), wait);
    }
  };
  store.set({ figures: null, unread: "" });
  void read();
  return () => {
    over = true;
    window.clearTimeout(timer);
  };
}

function useDark(): boolean {
  const read = () => document.documentElement.dataset.bsTheme === "dark";
  const [dark, setDark] = useState(read);
  useEffect(() => {
    const watcher = new MutationObserver(() => setDark(read()));
    watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    return () => watcher.disconnect();
  }, []);
  return dark;
}

async function open(): Promise<void> {
  const root = document.getElementById("campaign-canvas")!;
  try {
    const [draft, offers] = await Promise.all([
      call<Draft>("GET", `campaigns/${page.id}/draft`),
      call<Offers>("GET", "campaigns/steps"),
    ]);
    const graph = { ...EMPTY, ...draft.campaign.graph };
    draft.campaign.graph = graph;
    offers.actions.filter((action) => action.final).forEach((action) => final.add(action.key));
    if (graph.nodes.some((step) => !step.position)) {
      draft.campaign.graph = tidied({ nodes: graph.nodes, edges: graph.edges });
    }
    store.begin(draft, offers);
    saving.start();
    clipboard.start();
    document.getElementById("campaign-state")!.replaceChildren();
    document.getElementById("campaign-facts")!.replaceChildren();
    root.replaceChildren();
    createRoot(root).render(<App />);
  } catch (error) {
    const note = document.createElement("p");
    note.className = "note red";
    note.textContent = `${say("no_canvas")} ${error instanceof Error ? error.message : ""}`;
    root.replaceChildren(note);
  }
}

void open();
