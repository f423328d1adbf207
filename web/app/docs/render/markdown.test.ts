import { describe, expect, it } from "vitest";

import { inline, paragraphs, splitTable } from "./markdown.ts";

describe("Markdown", () => {
  it("marks code, bold text and links, and escapes everything", () => {
    expect(inline("`a<b` & **two `c`** in [text](/x?a=1&b=2), as [`Actor`] says").text).toBe(
      "<code>a&lt;b</code> &amp; <strong>two <code>c</code></strong> in " +
        '<a href="/x?a=1&amp;b=2">text</a>, as <code>Actor</code> says',
    );
  });

  it("links known code", () => {
    const link = (code: string) => (code === "busy" ? "#error-busy" : undefined);
    expect(inline("`busy`, `other`", link).text).toBe(
      '<a href="#error-busy"><code>busy</code></a>, <code>other</code>',
    );
  });

  it("makes sentences of paragraphs", () => {
    expect(paragraphs("One\nline\n\nTwo.").text).toBe("<p>One line.</p><p>Two.</p>");
    expect(paragraphs(undefined).text).toBe("");
  });

  it("reads the rows of a table", () => {
    expect(splitTable("Before\n\n| a | b |\n| --- | --- |\n| `x` | 1 |\n").rows).toEqual([["`x`", "1"]]);
  });
});
