import { describe, expect, it } from "vitest";

import asyncapiText from "../../../sdk/documents/asyncapi.json?raw";
import openapiText from "../../../sdk/documents/openapi.json?raw";
import type { AsyncApi, OpenApi } from "./documents.ts";
import { render } from "./page.ts";

const openapi: OpenApi = JSON.parse(openapiText);
const asyncapi: AsyncApi = JSON.parse(asyncapiText);

describe("the reference", () => {
  const { content, nav } = render(openapi, asyncapi);

  it("has every operation, event and error code", () => {
    for (const operation of Object.values(openapi.paths).flatMap((item) => Object.values(item)))
      for (const part of [content, nav]) expect(part).toContain(`#operation-${operation.operationId}"`);
    const messages = Object.values(asyncapi.channels).flatMap((channel) => Object.values(channel.messages));
    // An acknowledgement is shown with what it acknowledges.
    for (const { name } of messages.filter((message) => !message.name.endsWith(".ack")))
      expect(content).toContain(`>${name}</code>`);
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
