import { describe, expect, it } from "vitest";

import { addressOf, formOf } from "../shop/checkout/address";
import { addressLines, countryCode, countryName } from "./address";

describe("a country", () => {
  it("is shown by its name, however it is stored", () => {
    for (const stored of ["DE", "de", " DE ", "Germany"]) expect(countryName(stored)).toBe("Germany");
    expect(countryName("Wonderland")).toBe("Wonderland");
    expect(countryName("ZQ")).toBe("ZQ");
    expect(addressLines({ name: "Mira", line1: "7 Elbe Street", city: "Hamburg", country: "DE" })).toContain("Germany");
  });

  it("is named in the checkout form, and sent as its code", () => {
    const form = formOf({ name: "Mira", line1: "7 Elbe Street", city: "Hamburg", country: "DE" });
    expect(form.country).toBe("Germany");
    expect(addressOf(form).country).toBe("DE");
    expect(addressOf({ ...form, country: "germany" }).country).toBe("DE");
    expect(addressOf({ ...form, country: "Wonderland" }).country).toBe("Wonderland");
    expect(addressOf({ ...form, country: " " })).not.toHaveProperty("country");
    expect(["fr", "France", "UK", "United Kingdom"].map(countryCode)).toEqual(["FR", "FR", "GB", "GB"]);
  });
});
