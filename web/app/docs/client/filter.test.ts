import { expect, it } from "vitest";

import { filter } from "./filter.ts";

const entries = [
  { name: "place an order post /api/v1/orders", text: "fails with out_of_stock" },
  { name: "cancel an order post /api/v1/orders/{order}/cancel", text: "needs a reason" },
];

it("finds names that contain every word", () => {
  expect(filter(entries, "Order CANCEL")).toEqual([entries[1]]);
  expect(filter(entries, "")).toEqual(entries);
});

it("looks into the texts where no name fits", () => {
  expect(filter(entries, "out_of_stock")).toEqual([entries[0]]);
  expect(filter(entries, "nothing")).toEqual([]);
});
