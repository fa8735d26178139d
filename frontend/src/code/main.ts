// The editor of emails: code with the server's errors beside the mail that becomes of it.
import "./code.css";
import { startAudiences } from "../audiences/start";
import { startDesign } from "../design/start";
import { forget, keep, restore } from "../page/keeping";
import { startFaults } from "./faults";
import { codeOf } from "./code";
import { startPeople } from "./people";
import { startPreview } from "./preview";
import { startSaving } from "./saving";
import { startSettings } from "./settings";
import { startTest } from "./testing";
import { startTokens } from "./tokens";
import { byId } from "./words";

const editor = document.getElementById("email-editor") as HTMLElement;
const form = document.getElementById("email-form") as HTMLFormElement;
const restored = restore(form);
const code = codeOf(form);
const faults = startFaults(form, code);
const preview = startPreview(form, faults);

const toCode = (offset: number) => {
  const lines = (form.elements.namedItem("mjml") as HTMLTextAreaElement).value.slice(0, offset).split("\n");
  document.querySelector<HTMLElement>('[data-part="message"]')?.click();
  code.jump(lines.length, lines[lines.length - 1].length + 1);
};
const design = startDesign(form, preview, toCode);

startAudiences(form, preview);
startSettings(editor, form, code, design);
startTokens(form, code);
startPeople(preview);
startSaving(form, faults);
startTest(form, preview);
if (restored) {
  byId("email-restored").hidden = false;
  byId("email-afresh").addEventListener("click", () => {
    forget();
    location.reload();
  });
  form.addEventListener("relais:saved", () => (byId("email-restored").hidden = true));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
// From here on: what was only brought back is as old as it was.
keep(form);
