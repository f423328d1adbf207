// The operations of the HTTP API.

import { block, json } from "./code.ts";
import type { Answer, OpenApi, Operation, Parameter, Schema } from "./documents.ts";
import { exampleOf } from "./example.ts";
import { html, Html, escape, slug } from "./html.ts";
import { paragraphs, inline } from "./markdown.ts";
import { type Context, field, membersOf, rulesOf, typeOf } from "./schema.ts";
import { withoutNull } from "./library.ts";

export interface Endpoint {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

export interface Group {
  id: string;
  title: string;
  endpoints: Endpoint[];
}

/** Titles of the tags, in reading order. Other tags follow. */
const TAGS: Record<string, string> = {
  orders: "Orders",
  products: "Products",
  notifications: "Notifications",
  accounts: "Accounts",
  shop: "Shop",
  live: "Event stream",
  polling: "Polling",
  operations: "Health and metrics",
};

const PLACES = { path: "Path parameters", query: "Query parameters", header: "Headers", cookie: "Cookies" } as const;

export function groupsOf(document: OpenApi): Group[] {
  const endpoints = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Endpoint => {
      const id = `operation-${slug(operation.operationId)}`;
      return { id, method: method.toUpperCase(), path, operation };
    }),
  );
  const used = new Set(endpoints.map(({ operation }) => operation.tags[0] ?? "other"));
  const tags = [...new Set([...Object.keys(TAGS), ...used])].filter((tag) => used.has(tag));
  return tags.map((tag) => ({
    id: `section-${slug(tag)}`,
    title: TAGS[tag] ?? tag,
    endpoints: endpoints.filter(({ operation }) => (operation.tags[0] ?? "other") === tag),
  }));
}

export function methodBadge(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

export function operationSection(context: Context, endpoint: Endpoint): Html {
  const { id, method, path, operation } = endpoint;
  return html`<section class="entry split">
    <div class="about">
      <h3 id="${id}" tabindex="-1"><a href="#${id}">${operation.summary}</a></h3>
      <p class="route">${methodBadge(method)} <code>${path}</code></p>
      ${paragraphs(operation.description, context.linkCode)}
      <p class="access">${accessOf(operation)}</p>
      ${Object.entries(PLACES).map(([place, title]) => parametersOf(context, operation, place, title))}
      ${bodyOf(context, operation)}
      <h4>Responses</h4>
      <ul class="fields">
        ${Object.entries(operation.responses).map(([status, answer]) => responseOf(context, status, answer))}
      </ul>
    </div>
    <div class="samples">
      ${block("Request", `request of ${operation.summary}`, requestOf(context, endpoint))}
      ${sampleAnswer(context, operation)}
    </div>
  </section>`;
}

function accessOf({ security }: Operation): Html {
  const open = security?.some((scheme) => Object.keys(scheme).length === 0);
  const signedIn = !security || security.some((scheme) => Object.keys(scheme).length > 0);
  if (!open) return html`<a href="#authentication">Sign-in required</a>`;
  return signedIn ? html`<a href="#authentication">Sign-in optional</a>` : html`No sign-in`;
}

function parametersOf(context: Context, operation: Operation, place: string, title: string): Html | undefined {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  if (parameters.length === 0) return undefined;
  return html`<h4>${title}</h4>
    <ul class="fields">
      ${parameters.map(({ name, required, description, schema, example }) => {
        // A header or a query parameter cannot be null.
        const { schema: type } = withoutNull(schema);
        return field({
          name,
          type: typeOf(context, type),
          required: required ?? false,
          about: description ?? (schema.$ref && context.library.get(schema.$ref).description),
          rules: rulesOf(context, type, example),
          linkCode: context.linkCode,
        });
      })}
    </ul>`;
}

function bodyOf(context: Context, { requestBody }: Operation): Html | undefined {
  const [content] = Object.entries(requestBody?.content ?? {});
  if (!content?.[1].schema) return undefined;
  const { schema, nullable } = withoutNull(content[1].schema);
  const target = schema.$ref ? context.library.get(schema.$ref) : schema;
  return html`<h4>Body</h4>
    <p class="body-type"><span class="type">${typeOf(context, schema)}</span> as <code>${content[0]}</code>${
      (nullable || !requestBody?.required) && ", optional"
    }</p>
    ${membersOf(context, target, { nested: true })}`;
}

function responseOf(context: Context, status: string, answer: Answer): Html {
  const [content] = Object.entries(answer.content ?? {});
  const type = content?.[1].schema && typeOf(context, content[1].schema);
  const isError = !/^[23]/.test(status);
  // The same for every operation: the page has a list of all codes.
  const about =
    status === "4XX"
      ? html`<p>See the <a href="#errors">errors</a>.</p>`
      : paragraphs(answer.description === "OK" ? undefined : answer.description, context.linkCode);
  const headers = Object.entries(answer.headers ?? {}).map(
    ([name, header]) => html`<p>Header <code>${name}</code>: ${inline(header.description ?? "", context.linkCode)}</p>`,
  );
  const media = content && content[0] !== "application/json" && !isError && html` as <code>${content[0]}</code>`;
  return html`<li class="field">
    <p class="field-head"><span class="status ${isError ? "failed" : "done"}">${status}</span> ${
      type && html`<span class="type">${type}</span>`
    }${media}</p>
    ${about}${headers}
  </li>`;
}

function sampleAnswer(context: Context, operation: Operation): Html | undefined {
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith("2")) ?? [];
  const schema = answer?.content?.["application/json"]?.schema;
  if (!status || !schema) return undefined;
  const example = answer?.content?.["application/json"]?.example ?? exampleOf(context.library, schema);
  return block(`Response ${status}`, `response of ${operation.summary}`, json(example));
}

/** A command for a shell. The page's script replaces the origin by the server's. */
function requestOf(context: Context, { method, path, operation }: Endpoint): Html {
  const parameters = operation.parameters ?? [];
  const query = parameters
    .filter((parameter) => parameter.in === "query" && (parameter.required || parameter.example !== undefined))
    .map((parameter) => `${parameter.name}=${valueOf(context, parameter)}`);
  const filled = parameters
    .filter((parameter) => parameter.in === "path")
    .reduce((url, parameter) => url.replace(`{${parameter.name}}`, valueOf(context, parameter)), path);
  const url = filled + (query.length > 0 ? `?${query.join("&")}` : "");
  const verb = method === "GET" ? "" : `-X ${method} `;
  const lines = [html`curl ${verb}'<span class="origin">https://shop.example</span>${url}'`];
  const header = (text: string) => lines.push(html`-H ${new Html(`<span class="string">${escape(text)}</span>`)}`);
  if (!operation.security) header('"Authorization: Bearer $TOKEN"');
  if (parameters.some(({ name }) => name === "Idempotency-Key")) header("'Idempotency-Key: 7d1f'");
  if (parameters.some(({ name }) => name === "Last-Event-ID")) lines.push(html`--no-buffer`);
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (schema) {
    header("'Content-Type: application/json'");
    lines.push(html`-d '${json(bodyExample(context, schema))}'`);
  }
  return html`${lines.map((line, index) => html`${index > 0 && " \\\n  "}${line}`)}`;
}

function bodyExample(context: Context, schema: Schema): unknown {
  return exampleOf(context.library, withoutNull(schema).schema, { requiredOnly: true });
}

function valueOf(context: Context, { name, example, schema }: Parameter): string {
  const value = example ?? exampleOf(context.library, { type: "object", properties: { [name]: schema } });
  return String(typeof value === "object" && value ? (value as Record<string, unknown>)[name] : value);
}
