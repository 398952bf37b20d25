import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.LABELHUB_SERVER ?? "http://127.0.0.1:8000";

/** Lists the built files, for whoever takes work along to where there is no line. */
function offlineList(): Plugin {
  return {
    name: "offline-list",
    apply: "build",
    enforce: "post", // after what holds nothing but styles is gone
    generateBundle(_, bundle) {
      const built = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const source = JSON.stringify([...built, "favicon.svg", "theme.js"]);
      this.emitFile({ type: "asset", fileName: "offline.json", source });
    },
  };
}

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react(), offlineList()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The server puts a fresh nonce in place of this word on every page it sends.
  html: { cspNonce: "__CSP_NONCE__" },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/media", "/healthz", "/readyz"].map((path) => [path, { target: server }]),
    ),
  },
  build: {
    target: "es2022",
    manifest: true,
    // Data URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    // Longer than what a test itself waits for, see src/test/setup.ts.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
}));
