// Sends the files of a batch, some at a time. Each has a key, so that it may safely be sent again.
import { renewPage } from "./renew.js";
import { persistently, post, Refused } from "./send.js";

const AT_ONCE = 3;
// What the server's form takes.
const MOST_KEY = 100;

// Calls changed whenever something of the queue did, and showWait as patiently does. What the batch
// has already, by the keys, is not sent again.
export function createQueue(form, { keys, nextNumber, changed, showWait }) {
  const entries = [];
  let running = 0;
  let first;
  let address;
  let renewal;

  // Files are [File, its path] pairs. They keep their order, whichever arrives first.
  function add(files) {
    const added = files.map(([file, path]) => ({ file, path, key: keyOf(file, path), loaded: 0 }));
    // The same files chosen again, after sending broke off, take the places they had.
    first ??= added.some(({ key }) => keys.has(key)) ? 0 : nextNumber;
    for (const entry of added) {
      entry.number = first + entries.length;
      entries.push(entry);
      entry.state = "waiting";
      if (keys.has(entry.key)) succeed(entry);
      else if (entry.file.size > Number(form.dataset.maxBytes)) {
        fail(entry, new Refused(form.dataset.tooLarge, "file_too_large"));
      }
    }
    changed();
    run();
  }

  // From now on, files are sent to this address.
  function start(to) {
    address = to;
    run();
  }

  function retry(some) {
    for (const entry of some) entry.state = "waiting";
    changed();
    run();
  }

  function run() {
    while (address && running < AT_ONCE) {
      const entry = entries.find(({ state }) => state === "waiting");
      if (!entry) return;
      running++;
      send(entry).finally(() => {
        running--;
        changed();
        run();
      });
    }
  }

  async function send(entry) {
    entry.state = "sending";
    entry.loaded = 0;
    try {
      await persistently(() => attempt(entry), showWait);
      succeed(entry);
    } catch (refusal) {
      fail(entry, refusal);
      if (refusal.isOfAll) failAll(refusal);
    }
  }

  // A page that was open for long has a token that the server no longer knows.
  async function attempt(entry) {
    try {
      return await sendOnce(entry);
    } catch (refusal) {
      if (!refusal.isStale) throw refusal;
      renewal ??= renewPage(location.href).finally(() => (renewal = undefined));
      await renewal.catch(() => {});
      return sendOnce(entry);
    }
  }

  function sendOnce(entry) {
    const { file, key, number } = entry;
    return post(form, address, { key, number, pictures: file }, (share) => {
      entry.loaded = share * file.size;
      changed();
    });
  }

  function succeed(entry) {
    entry.state = "sent";
    entry.loaded = entry.file.size;
  }

  function fail(entry, refusal) {
    entry.state = "failed";
    entry.refusal = refusal;
    entry.loaded = 0;
  }

  // A refusal that every further file would meet is told without sending them.
  function failAll(refusal) {
    for (const entry of entries) if (entry.state === "waiting") fail(entry, refusal);
  }

  const inState = (...states) => entries.filter(({ state }) => states.includes(state));
  return { add, start, retry, entries, inState };
}

// The same file chosen again has the same key.
function keyOf(file, path) {
  const key = `${file.size} ${file.lastModified} `;
  return (key + path.slice(key.length - MOST_KEY)).trim();
}
