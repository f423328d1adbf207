// Copies the repository's licenses into the package that is about to be packed.

import { copyFile } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"])
  await copyFile(path.join(root, name), path.join(process.cwd(), name));
