// What every page does, whatever else it does.
import { closeMenusWhenDone } from "./menu.js";
import { storeOfflinePage } from "./offline.js";
import { offerThemes } from "./theme.js";

export function startEveryPage() {
  offerThemes();
  closeMenusWhenDone();
  storeOfflinePage();
}
