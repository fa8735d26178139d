// On every page: htmx, menus, dialogs, lists, keys. Islands load beside it on pages that need one.
import "./styles/app.css";
import htmx from "htmx.org";
import "bootstrap/js/dist/dropdown";
import { start as startCommands } from "./page/commands";
import { start as startCopying } from "./page/copying";
import { start as startDates } from "./page/dates";
import { start as startDialogs } from "./page/dialogs";
import { start as startDrawer } from "./page/drawer";
import { start as startForms } from "./page/forms";
import { start as startGuarding } from "./page/guarding";
import { start as startKeeping } from "./page/keeping";
import { start as startKeys } from "./page/keys";
import { start as startLists } from "./page/lists";
import { start as startInPlace } from "./page/inplace";
import { start as startPalette } from "./page/palette";
import { start as startRequests } from "./page/requests";
import { start as startReturning } from "./page/returning";
import { start as startSeveral } from "./page/several";
import { start as startStrips } from "./page/strips";
import { start as startThemes } from "./page/themes";
import { start as startToasts } from "./page/toasts";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

for (const start of [
  startCommands,
  startRequests,
  startStrips,
  startThemes,
  startToasts,
  startDialogs,
  startDates,
  startCopying,
  startDrawer,
  // Before whatever else hears of a form that is sent.
  startGuarding,
  startForms,
  startInPlace,
  startLists,
  startPalette,
  startKeeping,
  startKeys,
  startSeveral,
  startReturning,
]) {
  start();
}
