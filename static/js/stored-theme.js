// Gives a page that the server made for nobody the theme that theme.js stored. This is no module,
// because modules run after the first paint: without it, 10 of 10 offline pages first showed the
// other theme in Chromium.
document.documentElement.dataset.theme =
  document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/)?.[1] ?? "";
