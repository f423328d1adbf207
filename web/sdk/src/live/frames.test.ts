import { describe, expect, test } from "vitest";
import { createFrameReader, type Frame } from "./frames.js";

const TEXT =
  "\uFEFFretry: 1000\nid: ab:1\nevent: connected\ndata: {}\n\n" +
  ": a comment\r\nevent: order.created\r\ndata: one\r\ndata: two\r\nid: ab:2\r\n\r\n" +
  "event: heartbeat\rdata:tight\r\r" +
  "event: nothing\n\ndata\n\n";

const FRAMES: Frame[] = [
  { event: "connected", data: "{}", id: "ab:1", hasId: true },
  { event: "order.created", data: "one\ntwo", id: "ab:2", hasId: true },
  { event: "heartbeat", data: "tight", id: "ab:2", hasId: false },
  { event: "message", data: "", id: "ab:2", hasId: false },
];

describe("frames of a stream", () => {
  test("are parsed whatever the size of the chunks", () => {
    for (let size = 1; size <= TEXT.length; size += 1) {
      const reader = createFrameReader();
      const frames: Frame[] = [];
      for (let at = 0; at < TEXT.length; at += size) frames.push(...reader.push(TEXT.slice(at, at + size)));
      expect(frames, `in pieces of ${size}`).toEqual(FRAMES);
    }
  });

  test("an id with a null character is ignored", () => {
    const [frame] = createFrameReader().push("id: a\0b\ndata: x\n\n");
    expect(frame).toEqual({ event: "message", data: "x", id: null, hasId: false });
  });

  test("a frame without an end is not buffered without a limit", () => {
    const reader = createFrameReader(100);
    expect(() => reader.push("data: ".padEnd(200, "x"))).toThrow(RangeError);
    const lines = createFrameReader(100);
    expect(() => {
      for (let line = 0; line < 20; line += 1) lines.push("data: 0123456789\n");
    }).toThrow(RangeError);
  });
});
