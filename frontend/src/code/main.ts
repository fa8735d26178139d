// The editor of emails: code with the server's errors beside the mail that becomes of it.
import "./code.css";
import { startFaults } from "./faults";
import { codeOf } from "./mirror";
import { startPeople } from "./people";
import { startPreview } from "./preview";
import { startSaving } from "./saving";
import { startSettings } from "./settings";
import { startTest } from "./testing";
import { startTokens } from "./tokens";

const editor = document.getElementById("email-editor") as HTMLElement;
const form = document.getElementById("email-form") as HTMLFormElement;
const code = codeOf(form);
const faults = startFaults(form, code);
const preview = startPreview(form, faults);

startSettings(editor, form, code);
startTokens(form, code);
startPeople(preview);
startSaving(form, faults);
startTest(form, preview);
