// What the browser keeps for work without a line: pages, a few answers of the server, pictures.
// public/offline-worker.js serves from these two caches.
const PAGES = "labelhub-pages";
const PICTURES = "labelhub-pictures";
const WORKER = "/offline-worker.js";
const AT_ONCE = 4;

/** False where the browser has no such thing, as on plain http. */
export function canKeep(): boolean {
  return "serviceWorker" in navigator && "caches" in globalThis;
}

/** Keeps the whole application and these addresses of the API, and starts the worker. */
export async function keepPages(addresses: readonly string[]): Promise<void> {
  await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  // So that the browser does not make room by throwing it away.
  await navigator.storage?.persist?.();
  const cache = await caches.open(PAGES);
  await cache.addAll([...addresses, ...(await files())]);
  await cache.add("/"); // the last one: with it there is all of it
}

/** All files of the application; none under the development server, which builds none. */
async function files(): Promise<string[]> {
  const base = import.meta.env.BASE_URL;
  const answer = await fetch(`${base}offline.json`);
  const isJson = answer.headers.get("Content-Type")?.includes("json") ?? false;
  return answer.ok && isJson ? ((await answer.json()) as string[]).map((name) => base + name) : [];
}

export async function hasPages(): Promise<boolean> {
  return (await caches.match("/", { cacheName: PAGES })) !== undefined;
}

export async function missingPictures(addresses: readonly string[]): Promise<string[]> {
  const cache = await caches.open(PICTURES);
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  return addresses.filter((address) => !kept.has(new URL(address, location.origin).pathname));
}

/** Keeps pictures, a few at a time; rejects at the first that cannot be had. */
export async function keepPictures(
  addresses: readonly string[],
  onKept: (kept: number) => void,
): Promise<void> {
  const cache = await caches.open(PICTURES);
  const waiting = [...addresses];
  let kept = 0;
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await cache.add(next);
      kept += 1;
      onKept(kept);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Removes all of it from the device. */
export async function forgetAll(): Promise<void> {
  if (!canKeep()) return;
  await Promise.all([caches.delete(PAGES), caches.delete(PICTURES)]);
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  await worker?.unregister();
}
