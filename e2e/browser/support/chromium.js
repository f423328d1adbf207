// The system's own Chromium: nothing is downloaded.

import { accessSync, constants } from "node:fs";
import path from "node:path";
import process from "node:process";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Where it is. Throws where there is none: whoever runs these tests decides whether that is a failure. */
export function findChromium(env = process.env) {
  if (env.ORDERCAST_CHROMIUM) return env.ORDERCAST_CHROMIUM;
  for (const directory of (env.PATH ?? "").split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(directory, name);
      if (isExecutable(file)) return file;
    }
  }
  throw new Error(
    `There is no Chromium here: looked for ${NAMES.join(", ")} on PATH. ORDERCAST_CHROMIUM names another.`,
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How Playwright starts it. */
export function launchOptions() {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  // As root, as in most containers, Chromium's own sandbox cannot be had.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  // Other names for this machine: a page from there is one over plain HTTP, as from a phone in the same network.
  const names = ["--host-resolver-rules=MAP *.test 127.0.0.1"];
  return { executablePath: findChromium(), args: ["--disable-gpu", ...quiet, ...sandbox, ...names] };
}
