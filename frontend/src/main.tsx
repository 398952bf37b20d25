import "@/ui/styles";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { reloadWhenStale } from "@/app/freshPages";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");
reloadWhenStale();
createRoot(root).render(<App />);
