import { expect, it } from "vitest";

import { orderRefOf } from "./orderRef";

it("the order of an address is its id, number or reference", () => {
  expect(orderRefOf("10042")).toBe("10042");
  expect(orderRefOf("ORD%2F2024%2F1")).toBe("ORD/2024/1");
  expect(orderRefOf("%23A1")).toBe("#A1");
  expect(orderRefOf("X%3Fa%3Db%26c")).toBe("X?a=b&c");
  expect(orderRefOf("50%")).toBe("50%");
});
