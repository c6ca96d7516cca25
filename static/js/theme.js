// Light, dark, or as the system has it: stored in a cookie, by which the server paints the next page.
const YEAR_S = 365 * 24 * 60 * 60;

export function offerThemes() {
  const buttons = [...document.querySelectorAll("[data-theme-choice]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      storeTheme(button.dataset.themeChoice, button.closest("[data-theme-menu]").dataset.path);
      showStoredTheme(buttons);
    });
  }
  for (const menu of document.querySelectorAll("[data-theme-menu]")) menu.hidden = false;
  // A page that the server made for nobody, such as the offline page, has no theme yet.
  showStoredTheme(buttons);
}

function storedTheme() {
  return document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/)?.[1] ?? "";
}

function storeTheme(theme, path) {
  const lasts = theme ? YEAR_S : 0;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=${path}; Max-Age=${lasts}; SameSite=Lax${secure}`;
}

function showStoredTheme(buttons) {
  const theme = storedTheme();
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of buttons) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}
