// Shows a page of ours while the server is away. It keeps that page and its files, and nothing else:
// no picture, no page of anybody's. Page {{ page_version }}.
const NAME = "{{ cache }}";
const PAGE = "{% url 'recognizer:offline' %}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

async function keep() {
  await caches.delete(NAME);
  const cache = await caches.open(NAME);
  await cache.addAll([PAGE, ...FILES].map((file) => new Request(file, { cache: "reload" })));
  await self.skipWaiting();
}

async function fromServer(request, kept) {
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await caches.match(kept);
    if (answer) return answer;
    throw error;
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fromServer(request, PAGE));
  else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fromServer(request, request));
  }
});
