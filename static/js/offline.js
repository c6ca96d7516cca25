// Lets the browser store the page that is shown while the server is away: on HTTPS and on this
// computer only.
export function storeOfflinePage() {
  const worker = document.querySelector("meta[name=service-worker]").content;
  window.addEventListener("load", () => navigator.serviceWorker?.register(worker));
}
