import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

import { answerAsset, isAsset } from "./src/pwa/assets.ts";
import { answerPage, isPage, APP_SHELL_URL } from "./src/pwa/navigation.ts";

const server = process.env["ORDERCAST_URL"] ?? "http://127.0.0.1:3000";

/** The server accepts unsafe requests only from its own origin, so the proxy sets the Origin header. */
const proxy = { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } };

/** Code that only the console uses. */
const isConsoleModule = (id: string | null | undefined) => /\/src\/admin\/|\/node_modules\/@tanstack\//.test(id ?? "");

const SHELL_MODULES = [
  /\/node_modules\/(react|react-dom|scheduler|use-sync-external-store|wouter|regexparam|mitt|openapi-fetch)\//,
  /\/node_modules\/lucide-react\/dist\/esm\/(?!icons\/|lucide-react|dynamic)/,
  /\/(sdk|react)\/src\//,
  /\/app\/src\/(api|chunks|layout|live)\//,
  /\/app\/src\/session\/(session|Guard)\./,
  /\/app\/src\/ui\/(?!Dialog|Popover|Tabs|ToastList)/,
  /\/app\/src\/orders\/status/,
];

const isShellModule = (id: string) => SHELL_MODULES.some((pattern) => pattern.test(id));

export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      // The page registers the worker itself, after its first paint: see src/pwa.
      injectRegister: false,
      registerType: "prompt",
      includeAssets: ["theme.js", "icon.svg"],
      manifest: {
        // Relative, so that the app can be installed from any base path. Without `id`, the start URL identifies the app.
        name: "Ordercast",
        short_name: "Ordercast",
        description: "Order online and track your delivery live.",
        start_url: ".",
        scope: ".",
        display: "standalone",
        background_color: "#f7f6f3",
        theme_color: "#f7f6f3",
        icons: [
          { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
        shortcuts: [
          { name: "Your orders", url: "orders" },
          { name: "Cart", url: "cart" },
        ],
      },
      workbox: {
        // Precache what customers need, with the Latin font. The console, the map and other alphabets are cached on
        // first use.
        globPatterns: ["index.html", "assets/*.{js,css}", "assets/geist-latin-wght-normal-*.woff2"],
        globIgnores: ["assets/LiveMap-*"],
        // The server serves the page for every path, so it is precached under a URL of its own.
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => (entry.url === "index.html" ? { ...entry, url: APP_SHELL_URL } : entry)),
          }),
        ],
        // The plugin's fallback would always answer with the cached page; src/pwa/navigation.ts asks the server first.
        navigateFallback: undefined,
        runtimeCaching: [
          // Workbox's generated NetworkOnly strategy has no timeout, so a custom handler is used.
          { urlPattern: isPage, handler: answerPage },
          { urlPattern: isAsset, handler: answerAsset },
        ],
        // Control pages from the first visit on. A newer worker still waits until the user reloads.
        clientsClaim: true,
        // It would also remove the caches of shops below this one's path. Precaching cleans up its own cache.
        cleanupOutdatedCaches: false,
      },
    }),
  ],
  // Use the sources of the sibling packages, so that nothing has to be built first.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  server: {
    proxy: {
      "/api": proxy,
      "/docs": proxy,
      "/health": proxy,
      "/socket.io": { ...proxy, ws: true },
    },
  },
  // The server's policy, so that violations show up in the preview.
  preview: {
    headers: {
      "content-security-policy":
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    },
  },
  experimental: {
    // Files refer to each other by relative URLs, so that the server can serve them under any base path. In the page, which is
    // served at every path of the app, the server rewrites the URLs.
    renderBuiltUrl: (filename, { hostType }) => (hostType === "html" ? `/${filename}` : { relative: true }),
  },
  build: {
    target: "baseline-widely-available",
    manifest: true,
    // Inlined pictures would be downloaded by every visitor; files are cached.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // Modules that every page needs go into one chunk. The console has a folder of its own, which is not precached.
        codeSplitting: { groups: [{ name: "shell", test: isShellModule }] },
        chunkFileNames: (chunk) =>
          isConsoleModule(chunk.facadeModuleId) || chunk.moduleIds.some(isConsoleModule)
            ? "assets/console/[name]-[hash].js"
            : "assets/[name]-[hash].js",
      },
    },
  },
});
