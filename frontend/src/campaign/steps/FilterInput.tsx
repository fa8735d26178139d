// A filter: the builder of segments, with what the server finds wrong in its parts.
import { useEffect, useState } from "react";
import { loadCatalogue, type Catalogue } from "../../filter/catalogue";
import { FilterBuilder } from "../../filter/FilterBuilder";
import type { Json } from "../../filter/tree";
import * as store from "../store";
import { useStore } from "../store";
import { say } from "../words";

interface Props {
  step: string;
  // Where in the settings it stands: `filter`, `branches.0.filter`.
  place: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

export function FilterInput({ step, place, value, onChange }: Props) {
  const [catalogue, setCatalogue] = useState<Catalogue | null>(null);
  const [wrong, setWrong] = useState("");
  const told = useStore(store.problemsOf);
  useEffect(() => {
    loadCatalogue().then(setCatalogue, (error: Error) => setWrong(error.message));
  }, []);
  if (!catalogue) {
    return <p class={wrong ? "invalid-feedback" : "meta"}>{wrong || say("reading")}</p>;
  }
  const before = place.length - "filter".length;
  const problems = told
    .filter((one) => one.step === step && one.place.startsWith(place))
    .map((one) => ({ ...one, field: one.place.slice(before) }));
  return <FilterBuilder value={(value as Json) ?? null} onChange={(next) => onChange(next ?? undefined)} catalogue={catalogue} problems={problems} />;
}
