// Prints how much compressed script a first visit to the tracking page loads, and fails above the limit. Counts the
// entry, the page's chunk and the client's first transport, each with all of its imports in the build manifest.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 150 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["theme.js"]);
function addChunk(name) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`${name} is not in the build's manifest`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) addChunk(imported);
}
const socket = Object.keys(manifest).find((name) => name.includes("node_modules/socket.io-client/"));
if (!socket) throw new Error("the build's manifest has no chunk of socket.io-client");
for (const name of ["index.html", "src/tracking/TrackingPage.tsx", socket]) addChunk(name);

let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
console.log(
  `${(total / 1024).toFixed(1).padStart(7)} KB  of ${LIMIT / 1024} KB: the tracking page's script, compressed`,
);
if (total > LIMIT) process.exitCode = 1;
