// The editor of emails: code with the server's errors beside the mail that becomes of it.
import "./code.css";
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
const preview = startPreview(form, code);

startSettings(editor, form, code);
startTokens(form, code);
startPeople(preview);
startSaving(form, preview);
startTest(form, preview);
