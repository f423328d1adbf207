// Removes the given directories, so that files of an older build are not packed.

import { rm } from "node:fs/promises";

for (const directory of process.argv.slice(2)) await rm(directory, { recursive: true, force: true });
