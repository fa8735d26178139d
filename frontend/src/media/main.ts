// The media library: images that come in, and what of one is cut out.
import "./media.css";
import { startArriving } from "./arriving";
import { startCropping } from "./cropping";

startArriving();
startCropping();
