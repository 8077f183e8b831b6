// Serves the page of saved courses and what it needs when there is no link. Everything else goes to the network as
// ever and is kept nowhere; lessons and answers lie in the page's own store, put there by its learner's tap.
const CACHE = "conduct-{{ version }}";
const FILES = {{ files|safe }};
const PAGES = {{ pages|safe }};

const fill = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, ...Object.values(PAGES).map((page) => new Request(page, { cache: "reload" }))]);
  await self.skipWaiting();
};

const takeOver = async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("conduct-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
};

const fromNetwork = async (request, path) => {
  const isOurs = Object.values(PAGES).includes(path);
  try {
    const answer = await fetch(request);
    if (isOurs && answer.ok) await (await caches.open(CACHE)).put(path, answer.clone());
    return answer;
  } catch {
    return isOurs ? caches.match(path) : Response.redirect(PAGES[path.split("/")[1]] || PAGES.km, 302);
  }
};

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (FILES.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept || fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fromNetwork(request, pathname));
  }
});
