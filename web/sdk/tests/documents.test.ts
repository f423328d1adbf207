import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_BINARY } from "./support/binary.js";
import { type Server, startServer } from "./support/server.js";

describe.skipIf(!HAS_BINARY)("the documents that the types are generated from", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.remove());

  test.each(["openapi.json", "asyncapi.json"])("%s is what the server says; else `npm run generate -- --from` its address", async (name) => {
    const said = (await (await fetch(`${server.url}/api/${name}`)).json()) as Record<string, unknown>;
    // Where the server that was asked ran.
    delete said["servers"];
    const kept: unknown = JSON.parse(await readFile(path.join(import.meta.dirname, "../documents", name), "utf8"));
    expect(kept).toEqual(said);
  });
});
