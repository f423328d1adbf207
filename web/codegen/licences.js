// Puts the two licences of the repository beside the package that is about to be packed.

import { copyFile } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"])
  await copyFile(path.join(root, name), path.join(process.cwd(), name));
