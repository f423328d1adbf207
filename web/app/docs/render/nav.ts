// The list of everything on the page. The script filters it.

import type { Channel } from "./events.ts";
import { html, type Html } from "./html.ts";
import { type Group, methodBadge } from "./operations.ts";
import type { SchemaEntry } from "./schemas.ts";

export interface Contents {
  groups: Group[];
  channels: Channel[];
  schemas: SchemaEntry[];
}

export function navigation({ groups, channels, schemas }: Contents): Html {
  return html`
    ${section("Overview", [
      link("introduction", "Introduction"),
      link("authentication", "Authentication"),
      link("requests", "Requests and responses"),
      link("errors", "Errors"),
    ])}
    ${groups.map(({ title, endpoints }) =>
      section(
        title,
        endpoints.map(({ id, method, path, operation }) =>
          link(id, html`${operation.summary}`, { badge: methodBadge(method), keywords: path }),
        ),
      ),
    )}
    ${section("Live events", [link("live-events", "About live events")])}
    ${channels.map(({ id, title, sent, received }) =>
      folded(id, title, [
        link(id, "All events"),
        ...[...sent, ...received].map((exchange) => link(exchange.id, html`<code>${exchange.message.name}</code>`)),
      ]),
    )}
    ${folded(
      "schemas",
      "Schemas",
      schemas.map(({ id, title }) => link(id, title)),
    )}`;
}

function section(title: string, links: Html[]): Html {
  return html`<div data-group>
    <p class="nav-title">${title}</p>
    <ul>${links}</ul>
  </div>`;
}

function folded(id: string, title: string, links: Html[]): Html {
  return html`<details data-group data-folded="${id}">
    <summary class="nav-title">${title}</summary>
    <ul>${links}</ul>
  </details>`;
}

function link(id: string, label: Html | string, { badge, keywords }: { badge?: Html; keywords?: string } = {}): Html {
  return html`<li>
    <a href="#${id}"${keywords && html` data-keywords="${keywords}"`}><span>${label}</span>${badge && html` ${badge}`}</a>
  </li>`;
}
