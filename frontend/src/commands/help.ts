// Opening and closing the help overlay; the overlay itself is loaded when first asked for.
import { createStore } from "zustand/vanilla";

export const help = createStore<{ open: boolean }>(() => ({ open: false }));

export const openHelp = () => help.setState({ open: true });
export const closeHelp = () => help.setState({ open: false });
