import { describe, expect, it } from "vitest";

import type { Schema } from "./documents.ts";
import { exampleOf } from "./example.ts";
import { Library } from "./library.ts";

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const library = new Library(
  {
    Node: { type: "object", required: ["name"], properties: { name: { type: "string" }, child: ref("Node") } },
    Kind: { type: "string", enum: ["a", "b"] },
    Both: { allOf: [ref("Node"), { type: "object", properties: { kind: ref("Kind") } }] },
  },
  "schema",
);

describe("examples", () => {
  it("have every member, and end where a schema contains itself", () => {
    expect(exampleOf(library, ref("Both"))).toEqual({ name: "Mira Holm", child: {}, kind: "a" });
  });

  it("of requests have what is required", () => {
    expect(exampleOf(library, ref("Node"), { requiredOnly: true })).toEqual({ name: "Mira Holm" });
  });

  it("take given values that fit", () => {
    expect(exampleOf(library, ref("Both"), { given: { kind: "b" } })).toMatchObject({ kind: "b" });
    expect(exampleOf(library, ref("Both"), { given: { kind: "c" } })).toMatchObject({ kind: "a" });
  });

  it("prefer the document's own", () => {
    expect(exampleOf(library, { type: "string", example: "EUR" })).toBe("EUR");
    expect(exampleOf(library, { oneOf: [{ type: "integer", minimum: 5 }, { type: "null" }] })).toBe(5);
  });
});
