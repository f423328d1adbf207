// Finds the system's Chromium; nothing is downloaded.

import { accessSync, constants } from "node:fs";
import path from "node:path";
import process from "node:process";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The path of the executable. Throws when there is none. */
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

export function launchOptions() {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  // Chromium's sandbox is not available to root, as in most containers.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  // Another name for this machine: a page served from it over plain HTTP is not a secure context.
  const names = ["--host-resolver-rules=MAP *.test 127.0.0.1"];
  return { executablePath: findChromium(), args: ["--disable-gpu", ...quiet, ...sandbox, ...names] };
}
