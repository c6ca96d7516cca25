// The pictures of a batch appear while they are read.
import { watchBatch } from "../batch-progress.js";
import { startEveryPage } from "../every-page.js";
import { showLocalTimes } from "../local-times.js";

startEveryPage();
showLocalTimes();
const batch = document.querySelector("[data-unfinished]");
if (batch) watchBatch(batch);
