// A labelled setting with its help and what the server says is wrong with it.
import * as store from "../store";
import { useStore } from "../store";

export function useProblems(step: string, place: string): string[] {
  const problems = useStore(store.problemsOf);
  return problems.filter((one) => one.step === step && (one.place === place || one.place.startsWith(`${place}.`))).map((one) => one.message);
}

interface Props {
  id: string;
  label: string;
  help?: string;
  wrong?: string[];
  group?: boolean;
  children: preact.ComponentChildren;
}

export function Field({ id, label, help, wrong = [], group, children }: Props) {
  const below = (
    <>
      {help && !wrong.length && <div class="form-text" id={`${id}-help`}>{help}</div>}
      {wrong.map((message) => <div class="invalid-feedback" id={`${id}-wrong`} key={message}>{message}</div>)}
    </>
  );
  return group ? (
    <fieldset class="field"><legend>{label}</legend>{children}{below}</fieldset>
  ) : (
    <div class="field"><label class="form-label" for={id}>{label}</label>{children}{below}</div>
  );
}

export function invalid(wrong: string[]): string {
  return wrong.length ? "is-invalid" : "";
}
