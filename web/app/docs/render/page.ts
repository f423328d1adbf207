// The whole reference, from the OpenAPI and the AsyncAPI document.

import { block } from "./code.ts";
import type { AsyncApi, OpenApi } from "./documents.ts";
import { errorList, errorsOf } from "./errors.ts";
import { channelSection, channelsOf } from "./events.ts";
import { html, type Html } from "./html.ts";
import { Library } from "./library.ts";
import { type LinkCode, paragraphs, splitTable } from "./markdown.ts";
import { navigation } from "./nav.ts";
import { groupsOf, operationSection } from "./operations.ts";
import { schemaEntries, schemaSection } from "./schemas.ts";

export interface Reference {
  nav: string;
  content: string;
  version: string;
}

export function render(openapi: OpenApi, asyncapi: AsyncApi): Reference {
  const api = new Library(openapi.components.schemas, "schema");
  const live = new Library(asyncapi.components.schemas, "live-schema", api);
  const groups = groupsOf(openapi);
  const channels = channelsOf(asyncapi);
  const schemas = schemaEntries([api, live]);
  const errors = errorsOf(splitTable(openapi.info.description).rows);

  const targets = new Map([
    ...errors.map(({ code, id }) => [code, `#${id}`] as const),
    ...groups.flatMap(({ endpoints }) =>
      endpoints.map(({ method, path, id }) => [`${method} ${path}`, `#${id}`] as const),
    ),
  ]);
  const linkCode: LinkCode = (code) => targets.get(code);
  const context = { library: api, linkCode };
  const liveContext = { library: live, linkCode };

  const content = html`
    ${introduction(openapi.info.version)}${authentication(linkCode)}${requests(linkCode)}
    <section class="entry">
      <h2 id="errors" tabindex="-1"><a href="#errors">Errors</a></h2>
      ${paragraphs(
        "An error is a problem document (RFC 9457, `application/problem+json`). Match on `code`, which never changes, and show `detail` to people. Some codes come with more members, such as `errors`, which names the invalid fields.",
        linkCode,
      )}
      ${errorList(errors, linkCode)}
    </section>
    ${groups.map(
      ({ id, title, endpoints }) =>
        html`<h2 id="${id}" tabindex="-1"><a href="#${id}">${title}</a></h2>
          ${endpoints.map((endpoint) => operationSection(context, endpoint))}`,
    )}
    <section class="entry">
      <h2 id="live-events" tabindex="-1"><a href="#live-events">Live events</a></h2>
      ${paragraphs(asyncapi.info.description, linkCode)}
    </section>
    ${channels.map((channel) => channelSection(liveContext, channel))}
    <h2 id="schemas" tabindex="-1"><a href="#schemas">Schemas</a></h2>
    ${schemas.map((entry) => schemaSection({ library: entry.library, linkCode }, entry))}`;
  return { nav: navigation({ groups, channels, schemas }).text, content: content.text, version: openapi.info.version };
}

function introduction(version: string): Html {
  const origin = html`<span class="origin">https://shop.example</span>`;
  return html`<section class="entry split intro">
    <div class="about">
      <h1 id="introduction" tabindex="-1">Ordercast API</h1>
      <p class="lead">Orders, products, notifications and live events of a shop, over HTTP, server-sent events and Socket.IO.</p>
      <p class="version">Version ${version}</p>
      <ul class="downloads">
        <li><a href="/api/openapi.json">OpenAPI document</a></li>
        <li><a href="/api/asyncapi.json">AsyncAPI document</a></li>
      </ul>
    </div>
    <div class="samples">
      ${block("List the shop's products", "first request", html`curl '${origin}/api/v1/products'`)}
    </div>
  </section>`;
}

function authentication(linkCode: LinkCode): Html {
  const origin = html`<span class="origin">https://shop.example</span>`;
  const command = html`curl -X POST '${origin}/api/v1/auth/login' \\
  -H <span class="string">'Content-Type: application/json'</span> \\
  -d '{"email": <span class="string">"mira@example.com"</span>, "password": <span class="string">"…"</span>}'

curl '${origin}/api/v1/orders' \\
  -H <span class="string">"Authorization: Bearer $TOKEN"</span>`;
  return html`<section class="entry split">
    <div class="about">
      <h2 id="authentication" tabindex="-1"><a href="#authentication">Authentication</a></h2>
      ${paragraphs(
        "**Access token.** `POST /api/v1/auth/login` returns `accessToken`. Send it as `Authorization: Bearer` followed by the token. Before it expires, exchange the refresh token for new tokens with `POST /api/v1/auth/refresh`.",
        linkCode,
      )}
      ${paragraphs(
        "**Session cookie.** Signing in also sets the cookie `ordercast_session`, which pages in a browser can use instead. Pages of other origins can use it only if the operator allows their origin (`origin_not_allowed`).",
        linkCode,
      )}
      ${paragraphs("Each account has a role: `customer`, `staff` or `driver`. Operations say which roles may use them.", linkCode)}
    </div>
    <div class="samples">${block("Sign in, then send the token", "sign in and send the token", command)}</div>
  </section>`;
}

function requests(linkCode: LinkCode): Html {
  return html`<section class="entry">
    <h2 id="requests" tabindex="-1"><a href="#requests">Requests and responses</a></h2>
    ${paragraphs("Bodies are JSON in UTF-8. Times are RFC 3339. Amounts of money are whole minor units, such as cents.", linkCode)}
    ${paragraphs(
      "**Retries.** Send an `Idempotency-Key` with a command. A request with the same key and body gets the first response again, so a retry never changes anything twice. Keys are stored for 24 hours.",
      linkCode,
    )}
    ${paragraphs(
      "**Concurrent changes.** Send the `version` that you saw as `If-Match`. If somebody else changed the order or product first, the answer is 412 with the current state (`version_conflict`).",
      linkCode,
    )}
    ${paragraphs(
      "**Pages.** Lists have `next`. Send it back to get the next page. Without `next`, the page is the last one.",
      linkCode,
    )}
    ${paragraphs(
      "**Rate limits.** `rate_limited` and `busy` come with `Retry-After`: wait that many seconds.",
      linkCode,
    )}
  </section>`;
}
