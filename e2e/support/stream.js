// Server-sent events, read with fetch.

import { within } from "./within.js";

export class Stream {
  #abort = new AbortController();

  static async open(context, account, cursor) {
    const stream = new Stream();
    context.after(() => stream.close());
    const headers = { authorization: `Bearer ${account.token}`, ...(cursor && { "last-event-id": cursor }) };
    const response = await fetch(`${account.shop.url}/api/v1/stream`, { headers, signal: stream.#abort.signal });
    stream.frames = frames(response.body.pipeThrough(new TextDecoderStream()));
    return stream;
  }

  close() {
    this.#abort.abort();
  }

  /** The next event with this name that matches: `{id, event, data}`. */
  event(name, matches = () => true) {
    const find = async () => {
      for (;;) {
        const { value, done } = await this.frames.next();
        if (done) throw new Error(`the stream ended before ${name}`);
        if (value.event === name && matches(value.data)) return value;
      }
    };
    return within(10_000, name, find());
  }
}

/** The events of a stream, from pieces of its text. */
export async function* frames(pieces) {
  let text = "";
  for await (const piece of pieces) {
    text += piece;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const field = (name) => new RegExp(`^${name}: (.*)$`, "m").exec(text.slice(0, end))?.[1];
      if (field("event")) yield { id: field("id"), event: field("event"), data: JSON.parse(field("data")) };
    }
  }
}
