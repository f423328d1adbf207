import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  // The same where there is no window: nothing has to be built first.
  ssr: { resolve: { conditions: ["source"] }, noExternal: ["@ordercast/client"] },
  // What vite's own React plugin would do for tests, and without it.
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    include: ["src/**/*.test.tsx", "tests/**/*.test.tsx"],
    environment: "happy-dom",
    environmentOptions: {
      happyDOM: {
        settings: {
          fetch: {
            disableSameOriginPolicy: true,
            // happy-dom ignores the cache mode of a request, and would answer repeated reads from its cache.
            requestHeaders: [{ url: null, headers: { "Cache-Control": "no-cache" } }],
          },
        },
      },
    },
    setupFiles: ["tests/setup.ts"],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
