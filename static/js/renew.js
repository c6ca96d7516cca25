// Renews what of a page grows old while it is open, and leaves the rest: a reload would lose what
// was chosen or drawn.
import { closeMenusWhenDone } from "./menu.js";
import { offerThemes } from "./theme.js";

const TOKENS = "input[name=csrfmiddlewaretoken]";

// Takes the tokens of the forms, and the header with who is logged in, from a new copy of the page
// at address. Rejects if the server gave none.
export async function renewPage(address) {
  const answer = await fetch(address, { cache: "no-store", headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.querySelector(TOKENS).value;
  document.querySelector("header").replaceWith(fresh.querySelector("header"));
  for (const field of document.querySelectorAll(TOKENS)) field.value = token;
  offerThemes();
  closeMenusWhenDone();
}
