// The label screen is where most people go next, so it is fetched while there is nothing to do.

export function preloadLabelScreen(): () => void {
  const load = () => void import("@/features/label/LabelScreen");
  if (typeof requestIdleCallback === "undefined") {
    const timer = setTimeout(load, 2000);
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(load, { timeout: 5000 });
  return () => cancelIdleCallback(id);
}
