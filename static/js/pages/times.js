// The entry of pages that show times, and do nothing else.
import { startEveryPage } from "../every-page.js";
import { showLocalTimes } from "../local-times.js";

startEveryPage();
showLocalTimes();
