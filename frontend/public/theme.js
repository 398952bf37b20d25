// Before the first paint, so that a dark page never flashes white.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("labelhub-color-scheme");
  } catch {
    // Forbidden storage: the system's wish counts.
  }
  const wanted = matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = kept === "dark" || (kept !== "light" && wanted);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
