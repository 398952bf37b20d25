// The right part of the status bar belongs to the screen: `<StatusSlot>…</StatusSlot>`.
import type { ReactNode } from "react";
import { createPortal } from "react-dom";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const place = createStore<{ element: HTMLElement | null }>(() => ({ element: null }));

const setPlace = (element: HTMLElement | null) => place.setState({ element });

/** For the shell: the ref of the element that shows what the screens put into the slot. */
export function useStatusSlot() {
  return setPlace;
}

export function StatusSlot({ children }: { children: ReactNode }) {
  const { element } = useStore(place);
  return element && createPortal(children, element);
}
