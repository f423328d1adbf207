// Removes the directories that are named: what an older build left behind must not be packed.

import { rm } from "node:fs/promises";

for (const directory of process.argv.slice(2)) await rm(directory, { recursive: true, force: true });
