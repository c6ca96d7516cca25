// Lets the browser keep the page that is shown while the server is away: on HTTPS and on this
// computer only.
const worker = document.currentScript.dataset.worker;
window.addEventListener("load", () => navigator.serviceWorker?.register(worker));
