// Puts the builder where a page has [data-filter-builder], its state in the hidden field it names.
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { pageData } from "../page/words";
import { Aside } from "./Aside";
import { loadCatalogue, say, type Catalogue } from "./catalogue";
import { complete } from "./conditions";
import type { Problem } from "./context";
import { FilterBuilder } from "./FilterBuilder";
import { counting, whenOpen } from "./narrowing";
import { holdsMask, partsOf, rooted, type Json } from "./tree";

interface Page {
  box: HTMLElement;
  field: HTMLInputElement;
}

function Editor({ page, catalogue }: { page: Page; catalogue: Catalogue }) {
  const { box, field } = page;
  const [tree, setTree] = useState<Json | null>(() => (field.value ? (JSON.parse(field.value) as Json) : null));
  const [counts, setCounts] = useState<Record<string, number>>({});
  const [problems, setProblems] = useState<Problem[]>(() => pageData<Problem[] | null>("filter-problems") ?? []);
  const change = (next: Json | null) => {
    setTree(next);
    setCounts({});
    setProblems([]);
    field.value = next && partsOf(rooted(next)).length ? JSON.stringify(next) : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // A list counts by itself, what else it is narrowed by included.
  const count = useMemo(() => {
    const form = box.closest<HTMLFormElement>("form[data-narrows]");
    const [unfinished, wrong, lost] = ["finish_first", "mend_first", "not_counted"].map((key) => say(catalogue, key));
    return form && counting(form, { unfinished, wrong, lost }, setProblems);
  }, []);
  useEffect(() => count?.(!partsOf(rooted(tree)).length || complete(catalogue, rooted(tree))), [tree]);
  // Of a filter that one may not see whole nothing is asked.
  const beside = "aside" in box.dataset && !holdsMask(rooted(tree));
  const members = box.dataset.members ? Number(box.dataset.members) : null;
  return (
    <div class={beside ? "fb-beside" : ""}>
      <div class="fb-main">
        <FilterBuilder value={tree} onChange={change} catalogue={catalogue} counts={counts} problems={problems} />
      </div>
      {beside && (
        <aside class="fb-aside" aria-label={say(catalogue, "matching_now")}>
          <Aside tree={tree} catalogue={catalogue} members={members} onCounts={setCounts}
            onProblems={(found) => setProblems(found)} />
        </aside>
      )}
    </div>
  );
}

async function start(box: HTMLElement): Promise<void> {
  const field = document.getElementById(box.dataset.filterBuilder ?? "") as HTMLInputElement | null;
  if (!field) {
    return;
  }
  const catalogue = await loadCatalogue();
  box.textContent = "";
  render(<Editor page={{ box, field }} catalogue={catalogue} />, box);
}

document.querySelectorAll<HTMLElement>("[data-filter-builder]").forEach((box) => whenOpen(box, () => void start(box)));
