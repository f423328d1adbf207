import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

import { answerPage, isPage, KEPT_PAGE } from "./src/pwa/navigation.ts";

const server = process.env["ORDERCAST_URL"] ?? "http://127.0.0.1:3000";

/** The server checks that an unsafe request comes from its own page, so the proxy speaks as one of those. */
const proxied = { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } };

const isConsole = (id: string | null | undefined) => id?.includes("/src/admin/") ?? false;

const SHELL = [
  /\/node_modules\/(react|react-dom|scheduler|use-sync-external-store|wouter|regexparam|mitt|openapi-fetch)\//,
  /\/node_modules\/lucide-react\/dist\/esm\/(?!icons\/|lucide-react|dynamic)/,
  /\/(sdk|react)\/src\//,
  /\/app\/src\/(api|layout|live)\//,
  /\/app\/src\/session\/(session|Guard)\./,
  /\/app\/src\/ui\/(?!Dialog|Popover|Tabs|ToastList)/,
  /\/app\/src\/orders\/status/,
];

const isShell = (id: string) => SHELL.some((pattern) => pattern.test(id));

export default defineConfig({
  plugins: [
    react(),
    VitePWA({
      // The page registers it itself, after its first paint: see src/pwa.
      injectRegister: false,
      registerType: "prompt",
      includeAssets: ["theme.js", "icon.svg"],
      manifest: {
        id: "/",
        name: "Ordercast",
        short_name: "Ordercast",
        description: "Order, and watch your order come to you, live.",
        start_url: "/",
        display: "standalone",
        background_color: "#f7f6f3",
        theme_color: "#f7f6f3",
        icons: [
          { src: "/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icon-maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
        shortcuts: [
          { name: "Your orders", url: "/orders" },
          { name: "Cart", url: "/cart" },
        ],
      },
      workbox: {
        // The shell: what customers need, in the letters that most of them read. The console, the map and further
        // alphabets are kept once somebody has used them.
        globPatterns: ["index.html", "assets/*.{js,css}", "assets/geist-latin-wght-normal-*.woff2"],
        globIgnores: ["assets/LiveMap-*"],
        // The server gives the page no address of its own: it is what "/" answers, with any query.
        manifestTransforms: [
          (entries) => ({
            manifest: entries.map((entry) => (entry.url === "index.html" ? { ...entry, url: KEPT_PAGE } : entry)),
          }),
        ],
        // The plugin would answer every page with the kept one; see src/pwa/navigation.ts for what does instead.
        navigateFallback: undefined,
        runtimeCaching: [
          // Not from what is kept, unless nobody answers. Workbox's own NetworkOnly may have no time limit when it is generated.
          { urlPattern: isPage, handler: answerPage },
          {
            // Named by what they hold: never stale.
            urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith("/assets/"),
            handler: "CacheFirst",
            options: { cacheName: "assets", expiration: { maxEntries: 80 } },
          },
        ],
        // From the first visit on; a newer one still waits until it is asked for.
        clientsClaim: true,
        cleanupOutdatedCaches: true,
      },
    }),
  ],
  // The packages beside this one are taken from their sources: nothing has to be built first.
  resolve: { conditions: ["source", ...defaultClientConditions] },
  server: {
    proxy: {
      "/api": proxied,
      "/docs": proxied,
      "/health": proxied,
      "/socket.io": { ...proxied, ws: true },
    },
  },
  // As the server sends it, so that what it forbids is noticed here.
  preview: {
    headers: {
      "content-security-policy":
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    },
  },
  build: {
    target: "baseline-widely-available",
    manifest: true,
    // A picture inlined as data: would be downloaded by everybody; files are cached for good.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // The console's code lies apart, so that the service worker can leave it out of what every customer gets.
        // Every page needs these: one file instead of a dozen small ones.
        codeSplitting: { groups: [{ name: "shell", test: isShell }] },
        chunkFileNames: (chunk) =>
          isConsole(chunk.facadeModuleId) || (chunk.moduleIds.length > 0 && chunk.moduleIds.every(isConsole))
            ? "assets/console/[name]-[hash].js"
            : "assets/[name]-[hash].js",
      },
    },
  },
});
