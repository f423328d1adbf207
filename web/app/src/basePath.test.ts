import { expect, it } from "vitest";

import { pathInApp } from "./basePath";

it("routes do not contain the base path", () => {
  expect(pathInApp("/orders/7", "")).toBe("/orders/7");
  expect(pathInApp("/shop/orders/7", "/shop")).toBe("/orders/7");
  expect(pathInApp("/shop/", "/shop")).toBe("/");
  expect(pathInApp("/shop", "/shop")).toBe("/");
  for (const outside of ["/", "/orders/7", "/shopping", "/other/shop"]) {
    expect(pathInApp(outside, "/shop")).toBeUndefined();
  }
});
