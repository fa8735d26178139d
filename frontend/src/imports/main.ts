// New imports: dropping a file, its way to the server, choosing where a column goes.
import "./imports.css";
import { startPicker } from "./picker";
import { startUpload } from "./upload";

startUpload();
startPicker();
