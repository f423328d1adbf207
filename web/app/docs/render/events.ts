// The live events of each channel: what the server sends, and what clients send.

import { block, json } from "./code.ts";
import { type AsyncApi, type Message, refName } from "./documents.ts";
import { exampleOf } from "./example.ts";
import { html, type Html, slug } from "./html.ts";
import { paragraphs } from "./markdown.ts";
import { type Context, typeOf } from "./schema.ts";

interface Exchange {
  id: string;
  message: Message;
  /** The acknowledgement of what a client sends. */
  reply?: Message | undefined;
}

export interface Channel {
  id: string;
  title: string;
  address: string;
  sent: Exchange[];
  received: Exchange[];
}

/** Titles of the channels, in reading order. Other channels follow. */
const TITLES: Record<string, string> = {
  stream: "Server-sent events",
  standard: "Socket.IO, dialect standard",
  rooms: "Socket.IO, dialect rooms",
  feed: "Socket.IO, dialect feed",
};

export function channelsOf(document: AsyncApi): Channel[] {
  const names = [...new Set([...Object.keys(TITLES), ...Object.keys(document.channels)])];
  return names.flatMap((name) => {
    const channel = document.channels[name];
    if (!channel) return [];
    const find = (ref: { $ref: string }) => channel.messages[refName(ref.$ref)];
    const operations = Object.values(document.operations).filter(({ channel: of }) => refName(of.$ref) === name);
    const exchanges = (action: "send" | "receive") =>
      operations
        .filter((operation) => operation.action === action)
        .flatMap(({ messages, reply }) =>
          messages.flatMap((ref): Exchange[] => {
            const message = find(ref);
            if (!message) return [];
            return [{ id: `event-${name}-${slug(message.name)}`, message, reply: reply?.messages.map(find)[0] }];
          }),
        );
    return [
      {
        id: `channel-${slug(name)}`,
        title: TITLES[name] ?? name,
        address: channel.address,
        sent: exchanges("send"),
        received: exchanges("receive"),
      },
    ];
  });
}

export function channelSection(context: Context, channel: Channel): Html {
  return html`<section class="entry">
    <h3 id="${channel.id}" tabindex="-1"><a href="#${channel.id}">${channel.title}</a></h3>
    <p class="route"><code>${channel.address}</code></p>
    <h4>${channel.received.length > 0 ? "The server sends" : "Events"}</h4>
    <ul class="events">${channel.sent.map((exchange) => eventOf(context, exchange))}</ul>
    ${
      channel.received.length > 0 &&
      html`<h4>Clients send</h4>
        <ul class="events">${channel.received.map((exchange) => eventOf(context, exchange))}</ul>`
    }
  </section>`;
}

function eventOf(context: Context, { id, message, reply }: Exchange): Html {
  const roles = (message.tags ?? []).map(({ name }) => html`<span class="role">${name}</span> `);
  const example = exampleOf(context.library, message.payload, { given: { kind: message.name } });
  return html`<li class="event" id="${id}" tabindex="-1">
    <p class="field-head"><code class="field-name">${message.name}</code> <span class="type">${typeOf(context, message.payload)}</span> <span class="roles"><span class="visually-hidden">for </span>${roles}</span></p>
    ${paragraphs(message.summary, context.linkCode)}
    ${reply && html`<p>Acknowledgement: <span class="type">${typeOf(context, reply.payload)}</span></p>`}
    <details class="nested">
      <summary>Example<span class="visually-hidden"> of ${message.name}</span></summary>
      ${block(message.name, `example of ${message.name}`, json(example))}
    </details>
  </li>`;
}
