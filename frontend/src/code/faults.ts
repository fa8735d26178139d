// What is to be mended: under the code with its line, beside the field, in one list.
// What the preview found goes with the next preview; what a save refused goes once its field is touched.
import type { Code } from "./code";
import { type Fault, byId, icon, say } from "./words";

export interface Faults {
  found(faults: Fault[]): void;
  refused(faults: Fault[]): void;
}

export function startFaults(form: HTMLFormElement, code: Code): Faults {
  let drawn: Fault[] = [];
  let kept: Fault[] = [];

  const tell = () => {
    const known = new Set(drawn.map(named));
    const all = [...drawn, ...kept.filter((fault) => !known.has(named(fault)))];
    code.mark(all);
    byId("email-faults").textContent = all.length ? say("faults", { count: all.length }) : "";
    byId("email-problems").replaceChildren(...all.map((fault) => listed(fault, code)));
    beside(form, all);
  };
  form.addEventListener("input", (event) => {
    const name = (event.target as HTMLInputElement).name;
    if (kept.some((fault) => fault.field === name)) {
      kept = kept.filter((fault) => fault.field !== name);
      tell();
    }
  });
  return {
    found: (faults) => {
      drawn = faults;
      tell();
    },
    refused: (faults) => {
      kept = faults;
      tell();
    },
  };
}

const named = (fault: Fault) => `${fault.field}\n${fault.message}`;

/** Write each field's first fault under it; what is mended is taken away. */
function beside(form: HTMLFormElement, faults: Fault[]): void {
  form.querySelectorAll<HTMLElement>("[data-fault]").forEach((told) => {
    const field = document.getElementById(told.dataset.fault ?? "");
    field?.removeAttribute("aria-invalid");
    field?.removeAttribute("aria-describedby");
    told.remove();
  });
  for (const fault of faults) {
    const field = fault.field ? document.getElementById(`id_${fault.field}`) : null;
    const placed = field?.hidden || field?.getAttribute("aria-invalid") === "true";
    if (!field || placed || field instanceof HTMLTextAreaElement) {
      continue;
    }
    const told = document.createElement("p");
    told.className = "invalid-feedback";
    told.id = `${field.id}-fault`;
    told.dataset.fault = field.id;
    told.append(icon("alert-circle"), fault.message);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", told.id);
    (field.closest(".lined") ?? field).after(told);
  }
}

function listed(fault: Fault, code: Code): HTMLElement {
  const item = document.createElement("li");
  item.append(icon("alert-circle"));
  const words = fault.label ? `${fault.label}: ${fault.message}` : fault.message;
  if (fault.line && fault.field === code.mode()) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linkish";
    button.textContent = words;
    button.addEventListener("click", () => code.jump(fault.line ?? 1, fault.column ?? 1));
    item.append(button);
  } else {
    const span = document.createElement("span");
    span.textContent = words;
    item.append(span);
  }
  return item;
}
