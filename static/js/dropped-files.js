// The files that somebody drops or chooses, with those in folders: [File, its path] pairs.

// What systems put into folders, and nobody wants to give.
const UNWANTED = /^([.].*|Thumbs[.]db|desktop[.]ini)$/i;

// Rejects if a folder can't be opened.
export async function droppedFiles(transfer) {
  // Before anything is awaited: afterwards, what was dropped is gone.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = [];
  for (const entry of entries) await collect(entry, found);
  return inOrder(found);
}

export function chosenFiles(files) {
  return inOrder([...files].map((file) => [file, file.webkitRelativePath || file.name]));
}

async function collect(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push([file, entry.fullPath.slice(1)]);
    return;
  }
  const reader = entry.createReader();
  // A reader gives some at a time, and none at the end.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const each of some) await collect(each, found);
  }
}

// As people count: page 2 before page 10.
function inOrder(files) {
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const wanted = files.filter(([file, path]) => path === file.name || !UNWANTED.test(file.name));
  return wanted.sort(([, one], [, other]) => compare(one, other));
}
