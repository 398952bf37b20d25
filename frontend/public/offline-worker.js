// Keeps what a labeler took along at hand while there is no line: the pages, who they are, the
// question, the pictures. Installed when somebody takes work along, and only then; what is kept is
// put into the two caches by src/lib/offline.ts.
const PAGES = "labelhub-pages";
const PICTURES = "labelhub-pictures";
const WAIT_MS = 6000;
const KEPT_ANSWERS = /^\/api\/v1\/(session\/|projects\/(\d+\/(examples\/)?)?)$/;
const FILES = /^\/(api|media|static)\//;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (!FILES.test(pathname)) event.respondWith(fromTheLine(request, "/"));
  } else if (pathname.startsWith("/media/")) {
    // The signature in the address runs out, the picture does not change.
    event.respondWith(fromTheDevice(PICTURES, request, { ignoreSearch: true }));
  } else if (pathname.startsWith("/static/app/")) {
    event.respondWith(fromTheDevice(PAGES, request, {}));
  } else if (KEPT_ANSWERS.test(pathname) && search === "") {
    event.respondWith(fromTheLine(request, pathname, { renew: true }));
  }
});

async function fromTheDevice(name, request, how) {
  // Not by opening the cache: that would make it anew after everything has been removed.
  const kept = await caches.match(request, { cacheName: name, ignoreVary: true, ...how });
  return kept ?? fetch(request);
}

/** The server's word; what is kept when it cannot be reached, or takes too long. */
async function fromTheLine(request, place, { renew = false } = {}) {
  const kept = await caches.match(place, { cacheName: PAGES, ignoreVary: true });
  if (!kept) return fetch(request);
  const coming = fetch(request).then(async (response) => {
    if (renew && response.ok && (await caches.has(PAGES))) {
      await (await caches.open(PAGES)).put(place, response.clone());
    }
    return response;
  });
  coming.catch(() => {});
  try {
    return await Promise.race([coming, tooLate()]);
  } catch {
    return kept;
  }
}

function tooLate() {
  return new Promise((_, refuse) => setTimeout(refuse, WAIT_MS));
}
