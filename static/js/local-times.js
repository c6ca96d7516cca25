// Server time is right everywhere; the reader's own time is easier to recognize. A page that was
// asked for the days of another zone shows the times of that one.
export function showLocalTimes(timeZone = browserZone()) {
  const language = document.documentElement.lang;
  const options = {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  };
  let format;
  try {
    format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options);
  } catch {
    return; // A zone that this browser does not know: the server's times are in it already.
  }
  for (const time of document.querySelectorAll("[data-local-time]")) {
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }
}

// The name of the browser's time zone, as in Europe/Paris; undefined where it has none to tell.
export function browserZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
