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

it("signing in never leads to a page for signing in", () => {
  for (const path of [
    "/sign-in",
    "/sign-in?next=%2Fsign-in",
    "/sign-up/",
    "/Sign-In",
    "/%73ign-up",
    "/reset-password#a",
  ])
    expect(nextPath(`?next=${encodeURIComponent(path)}`, "/")).toBe("/");
  expect(nextPath("?next=%2Forders", "/")).toBe("/orders");
});
