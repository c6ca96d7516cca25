// The entry of every page that has none of its own.
import { startEveryPage } from "../every-page.js";

startEveryPage();
