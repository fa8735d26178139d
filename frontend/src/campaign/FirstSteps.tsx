// On an empty drawing: what to do first.
import { ask, mayEdit } from "./editing";
import { START } from "./graph";
import { Icon } from "../page/Icon";
import * as store from "./store";
import { useStore } from "./store";
import { say } from "./words";

export function FirstSteps() {
  const empty = useStore((state) => !state.doc.graph.nodes.length);
  const sources = useStore((state) => state.doc.sources.length);
  if (!empty || !mayEdit()) {
    return null;
  }
  const choose = () => {
    store.set({ selected: [], path: null, landing: null, figure: null, panel: true });
    // The panel may have shown something else.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("#panel .sources :is(input, button, select)")?.focus());
  };
  const line = (done: boolean, title: string, help: string, act: () => void) => (
    <li class={done ? "done" : ""}>
      <Icon name={done ? "circle-check" : "circle-dashed"} />
      <span class="grow"><button type="button" class="linkish" onClick={act}>{title}</button><span class="small quiet">{help}</span></span>
    </li>
  );
  return (
    <section class="first-steps" aria-label={say("first_steps")}>
      <h2>{say("first_steps")}</h2>
      <ol class="plain">
        {line(sources > 0, say("first_source"), say("first_source_help"), choose)}
        {line(false, say("first_step"), say("first_step_help"), () => ask({ after: START }))}
      </ol>
      <p class="small quiet">{say("first_kept")}</p>
    </section>
  );
}
