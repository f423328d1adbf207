// Parses server-sent events incrementally (HTML standard, 9.2.6).

export interface Frame {
  event: string;
  data: string;
  /** The last event id so far, as the standard defines it; null before the first. */
  id: string | null;
  /** Whether this frame carried the id itself. */
  hasId: boolean;
}

export interface FrameReader {
  /** The frames that this chunk completes. Throws `RangeError` where a frame exceeds the limit. */
  push: (piece: string) => Frame[];
}

/** Characters buffered for an unfinished frame. A `reset` with 200 orders has about 300,000. */
const LIMIT = 8_000_000;

export function createFrameReader(limit = LIMIT): FrameReader {
  let rest = "";
  let event = "";
  let data: string[] = [];
  let size = 0;
  let id: string | null = null;
  let hasId = false;
  let isFirst = true;

  function line(text: string): Frame | undefined {
    if (text === "") {
      const frame =
        data.length > 0 ? { event: event === "" ? "message" : event, data: data.join("\n"), id, hasId } : undefined;
      event = "";
      data = [];
      size = 0;
      hasId = false;
      return frame;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") event = value;
    else if (field === "data") {
      data.push(value);
      size += value.length;
      if (size > limit) throw new RangeError("a frame of the stream is too large");
    } else if (field === "id" && !value.includes("\0")) {
      id = value;
      hasId = true;
    }
    return undefined;
  }

  return {
    push(piece) {
      let text = rest + piece;
      if (isFirst && text !== "") {
        isFirst = false;
        if (text.startsWith("\uFEFF")) text = text.slice(1);
      }
      const frames: Frame[] = [];
      let start = 0;
      for (;;) {
        const end = lineEnd(text, start);
        if (end === undefined) break;
        const frame = line(text.slice(start, end.at));
        if (frame !== undefined) frames.push(frame);
        start = end.next;
      }
      rest = text.slice(start);
      if (rest.length > limit) throw new RangeError("a line of the stream is too large");
      return frames;
    },
  };
}

/** End of a line: CR, LF or CRLF. A CR at the very end may be half of a CRLF, so it waits for the next chunk. */
function lineEnd(text: string, start: number): { at: number; next: number } | undefined {
  const feed = text.indexOf("\n", start);
  const carriage = text.indexOf("\r", start);
  if (carriage < 0 || (feed >= 0 && feed < carriage)) return feed < 0 ? undefined : { at: feed, next: feed + 1 };
  if (carriage === text.length - 1) return undefined;
  return { at: carriage, next: text[carriage + 1] === "\n" ? carriage + 2 : carriage + 1 };
}
