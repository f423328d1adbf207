// Builds the API reference into the app's files, after the app: the server serves `docs.html` at /docs.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

import { render } from "./render/page.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const document = async (name: string) => JSON.parse(await readFile(at(`../../sdk/documents/${name}.json`), "utf8"));

/** Puts the reference into the page. */
function reference(): Plugin {
  return {
    name: "api-reference",
    async transformIndexHtml(page) {
      const { nav, content } = render(await document("openapi"), await document("asyncapi"));
      return page.replace("<!--nav-->", () => nav).replace("<!--content-->", () => content);
    },
  };
}

export default defineConfig({
  root: at("."),
  publicDir: at("../public"),
  plugins: [reference()],
  experimental: {
    // As in the app: the server writes the base path into the page.
    renderBuiltUrl: (filename, { hostType }) => (hostType === "html" ? `/${filename}` : { relative: true }),
  },
  build: {
    target: "baseline-widely-available",
    outDir: at("../dist"),
    // The app is there already, with the files of `public`.
    emptyOutDir: false,
    copyPublicDir: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: { input: at("docs.html") },
  },
});
