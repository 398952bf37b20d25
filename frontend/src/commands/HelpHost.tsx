import { lazy, Suspense } from "react";
import { useStore } from "zustand";
import { help } from "./help";

const HelpOverlay = lazy(async () => ({ default: (await import("./HelpOverlay")).HelpOverlay }));

export function HelpHost() {
  const { open } = useStore(help);
  return (
    open && (
      <Suspense>
        <HelpOverlay />
      </Suspense>
    )
  );
}
