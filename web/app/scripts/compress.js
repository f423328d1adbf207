// After the build: the forms in which a server sends a file, made once, as small as they get.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url).pathname;
const TEXT = /\.(js|css|html|svg|json|webmanifest)$/;
/** Below this, the headers are most of an answer. */
const LEAST = 512;

const forms = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !TEXT.test(entry.name) || path.startsWith(join(DIST, ".vite"))) continue;
  const bytes = await readFile(path);
  if (bytes.length < LEAST) continue;
  for (const [ending, form] of Object.entries(forms)) {
    const small = await form(bytes);
    if (small.length < bytes.length) await writeFile(`${path}.${ending}`, small);
  }
}
