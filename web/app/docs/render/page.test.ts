import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import type { AsyncApi, OpenApi } from "./documents.ts";
import { render } from "./page.ts";

const document = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../sdk/documents/${name}.json`, import.meta.url), "utf8"));
const openapi: OpenApi = document("openapi");
const asyncapi: AsyncApi = document("asyncapi");

describe("the reference", () => {
  const { content, nav } = render(openapi, asyncapi);

  it("has every operation, event and error code", () => {
    for (const operation of Object.values(openapi.paths).flatMap((item) => Object.values(item)))
      for (const part of [content, nav]) expect(part).toContain(`#operation-${operation.operationId}"`);
    for (const [name, channel] of Object.entries(asyncapi.channels))
      for (const [key, message] of Object.entries(channel.messages))
        if (!key.endsWith(".ack")) expect(content, `${name} ${key}`).toContain(`>${message.name}</code>`);
    const codes = openapi.info.description.match(/^\| `\w+`/gm) ?? [];
    expect(codes.length).toBeGreaterThan(40);
    for (const code of codes) expect(content).toContain(`id="error-${code.slice(3, -1)}"`);
  });

  it("has no link without a target", () => {
    const ids = new Set([...content.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const targets = [...(content + nav).matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.has(id))).toEqual([]);
  });

  it("needs no exception from the content security policy", () => {
    expect(content + nav).not.toMatch(/<script|<style| style="| on[a-z]+="/);
  });
});
