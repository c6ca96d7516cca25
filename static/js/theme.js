// Light, dark, or as the system has it: kept in a cookie, by which the server paints the next page.
const themes = [...document.querySelectorAll("[data-theme-choice]")];

function chosenTheme() {
  return document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/)?.[1] ?? "";
}

function showTheme() {
  const chosen = chosenTheme();
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
  for (const button of themes) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}

function choose(event) {
  const chosen = event.currentTarget.dataset.themeChoice;
  const lasts = chosen ? 365 * 24 * 60 * 60 : 0;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${chosen}; Path=/; Max-Age=${lasts}; SameSite=Lax${secure}`;
  showTheme();
}

for (const button of themes) button.addEventListener("click", choose);
for (const menu of document.querySelectorAll("[data-theme-menu]")) menu.hidden = false;
showTheme();
