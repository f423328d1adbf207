import { expect, it } from "vitest";

import { nextPath } from "./nextPath";

it("signing in continues where it was asked for, and never on another host", () => {
  expect(nextPath("?next=%2Fcheckout%3Fa%3D1", "/")).toBe("/checkout?a=1");
  expect(nextPath("", "/admin")).toBe("/admin");
  expect(nextPath(`?next=${encodeURIComponent("/orders?q=a b#top")}`, "/")).toBe("/orders?q=a%20b#top");
  for (const elsewhere of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\\evil.example",
    "\t//evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "//[",
    "javascript:alert(1)",
    "",
  ]) {
    expect(nextPath(`?next=${encodeURIComponent(elsewhere)}`, "/")).toBe("/");
  }
});
