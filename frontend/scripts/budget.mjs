// Fails the build when the entry or the label screen outgrows its budget (gzip, in kB).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const size = (file) => gzipSync(readFileSync(new URL(file, dist))).length / 1000;

/** The chunk and everything it imports at once (not what it loads later). */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const total = (keys, pick) => {
  const files = new Set([...keys].flatMap((key) => pick(manifest[key])));
  return [...files].reduce((sum, file) => sum + size(file), 0);
};
const js = (chunk) => [chunk.file];
const css = (chunk) => chunk.css ?? [];

const entry = closure("index.html");
const rows = [
  ["entry JS", total(entry, js), 150],
  ["entry CSS", total(entry, css), 40],
];
const label = "src/features/label/LabelScreen.tsx";
if (!manifest[label]) {
  console.error(`No chunk for ${label}: the label screen must be loaded lazily.`);
  process.exit(1);
}
const own = [...closure(label)].filter((key) => !entry.has(key));
rows.push(["label chunk JS", total(own, js), 25]);

let over = false;
for (const [name, kb, budget] of rows) {
  over ||= kb > budget;
  console.log(
    `${kb > budget ? "OVER" : "ok  "}  ${name.padEnd(16)} ${kb.toFixed(1)} of ${budget} kB gzip`,
  );
}
process.exit(over ? 1 : 0);
