import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

const server = process.env["ORDERCAST_URL"] ?? "http://127.0.0.1:3000";

/** The server checks that an unsafe request comes from its own page, so the proxy speaks as one of those. */
const proxied = { target: server, changeOrigin: true, headers: { origin: new URL(server).origin } };

export default defineConfig({
  plugins: [react()],
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
  build: {
    target: "baseline-widely-available",
    manifest: true,
    // A picture inlined as data: would be downloaded by everybody; files are cached for good.
    assetsInlineLimit: 0,
  },
});
