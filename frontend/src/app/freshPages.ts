// A page that was opened before a new build asks for files that are gone; loaded anew it has them.
const KEY = "labelhub:reloaded";
const PAUSE_MS = 60_000;

/** Reloads when a part of the page is missing, unless the server is not there or it did not help. */
export function reloadWhenStale(reload = () => location.reload()): () => void {
  const missing = async () => {
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < PAUSE_MS) return;
    const reply = await fetch("/healthz").catch(() => null);
    if (!reply?.ok) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    reload();
  };
  window.addEventListener("vite:preloadError", missing);
  return () => window.removeEventListener("vite:preloadError", missing);
}
