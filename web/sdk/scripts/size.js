// Prints the size of the client in a page: bundled, minified and compressed, with and without socket.io-client.

import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "vite";

const { output } = await build({
  configFile: false,
  logLevel: "silent",
  resolve: { conditions: ["source", "module", "browser"] },
  build: {
    write: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: path.resolve(import.meta.dirname, "../src/index.ts"),
      preserveEntrySignatures: "strict",
      output: { minify: true },
    },
    minify: true,
  },
});

let total = 0;
for (const chunk of output.filter((each) => each.type === "chunk")) {
  const what = chunk.isEntry ? "@ordercast/client" : `loaded when it connects: ${chunk.name}`;
  const gzip = gzipSync(chunk.code, { level: 9 }).length;
  total += gzip;
  console.log(`${what}: ${chunk.code.length} bytes, gzip ${gzip}, brotli ${brotliCompressSync(chunk.code).length}`);
}
console.log(`together: gzip ${total}`);
