// Types, members and rules of schemas.

import { refName, type Schema } from "./documents.ts";
import { inReadingOrder } from "./example.ts";
import { html, type Html } from "./html.ts";
import { type Library, withoutNull } from "./library.ts";
import { type LinkCode, paragraphs } from "./markdown.ts";

/** How deep the members of members are shown in place. */
const MAX_DEPTH = 3;

export interface Context {
  library: Library;
  linkCode: LinkCode;
}

interface Options {
  /** Whether members with members of their own show these in place. */
  nested?: boolean;
  depth?: number;
  seen?: readonly string[];
}

/** The type in words, such as "array of OrderItem". */
export function typeOf(context: Context, schema: Schema): Html {
  const { schema: type, nullable } = withoutNull(schema);
  return html`${plainType(context, type)}${nullable && " or null"}`;
}

function plainType(context: Context, schema: Schema): Html {
  const { library } = context;
  if (schema.$ref) {
    const name = refName(schema.$ref);
    return library.hasEntry(name)
      ? html`<a href="#${library.idOf(name)}">${name}</a>`
      : plainType(context, library.get(schema.$ref));
  }
  if (schema.type === "array") return html`array of ${schema.items ? typeOf(context, schema.items) : "anything"}`;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return joined(variants.map((variant) => typeOf(context, variant)));
  if (typeof schema.additionalProperties === "object")
    return html`map of ${typeOf(context, schema.additionalProperties)}`;
  if (Array.isArray(schema.type)) return html`${schema.type.join(" or ")}`;
  const format = schema.format && !/^(int|float|double)/.test(schema.format) ? ` (${schema.format})` : "";
  return html`${schema.type ?? "any JSON"}${format}`;
}

function joined(types: Html[]): Html {
  return html`${types.map((type, index) => html`${index > 0 && " or "}${type}`)}`;
}

/** Values, limits and examples. */
export function rulesOf(context: Context, schema: Schema, example: unknown = undefined): Html | undefined {
  const type = resolved(context, schema);
  const rules: Html[] = [];
  const values = type.enum ?? (type.const === undefined ? undefined : [type.const]);
  if (values) rules.push(html`${values.length > 1 ? "One of " : "Always "}${list(values)}`);
  const range = between(type.minimum, type.maximum);
  if (range) rules.push(html`${range}`);
  const length = between(type.minLength, type.maxLength);
  if (length) rules.push(html`${length} characters`);
  const count = between(type.minItems, type.maxItems);
  if (count) rules.push(html`${count} items`);
  if (type.pattern) rules.push(html`Pattern <code>${type.pattern}</code>`);
  if (type.default !== undefined) rules.push(html`Default <code>${text(type.default)}</code>`);
  const sample = example ?? type.example ?? type.examples?.[0];
  if (sample !== undefined && typeof sample !== "object") rules.push(html`Example <code>${text(sample)}</code>`);
  if (rules.length === 0) return undefined;
  return html`<p class="rules">${rules.map((rule) => html`<span>${rule}</span> `)}</p>`;
}

/** The schema that limits the values: behind references, without null, and the items of an array of simple values. */
function resolved(context: Context, schema: Schema): Schema {
  const { schema: type } = withoutNull(schema);
  if (type.$ref) {
    const { $ref, ...own } = type;
    const target = context.library.get($ref);
    return context.library.hasEntry(refName($ref)) ? own : { ...resolved(context, target), ...own };
  }
  if (type.type === "array" && type.items) {
    const items = resolved(context, type.items);
    return items.enum ? { ...type, enum: items.enum } : type;
  }
  return type;
}

function list(values: unknown[]): Html {
  return html`${values.map((value, index) => html`${index > 0 && ", "}<code>${text(value)}</code>`)}`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function between(least: number | undefined, most: number | undefined): string | undefined {
  if (least !== undefined && most !== undefined) return `${number(least)} to ${number(most)}`;
  if (most !== undefined) return `At most ${number(most)}`;
  return least === undefined || least === 0 ? undefined : `At least ${number(least)}`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

/** A list of members, or of the parts and variants of a schema. */
export function membersOf(context: Context, schema: Schema, options: Options = {}): Html {
  const parts = (schema.allOf ?? []).map((part) => {
    const { schema: type, nullable } = withoutNull(part);
    if (!type.$ref) return membersOf(context, type, options);
    return html`<p class="part">All members of ${plainType(context, type)}${nullable && ", if there are any"}</p>`;
  });
  const variants = schema.anyOf ?? schema.oneOf;
  return html`${parts}${variants && variantsOf(context, variants, options)}${
    schema.properties && propertiesOf(context, schema, options)
  }`;
}

function variantsOf(context: Context, variants: Schema[], options: Options): Html {
  return html`<p class="part">One of:</p>
    <ul class="variants">
      ${variants.map(
        (variant) =>
          html`<li>
            <span class="type">${typeOf(context, variant)}</span>${variant.properties && membersOf(context, variant, options)}
          </li>`,
      )}
    </ul>`;
}

function propertiesOf(context: Context, schema: Schema, options: Options): Html {
  const required = new Set(schema.required);
  const entries = inReadingOrder(Object.entries(schema.properties ?? {}), ([name]) => name);
  // Required ones first, as people read them; otherwise as in the document.
  const ordered = [
    ...entries.filter(([name]) => required.has(name)),
    ...entries.filter(([name]) => !required.has(name)),
  ];
  return html`<ul class="fields">
    ${ordered.map(([name, property]) =>
      field({
        name,
        type: typeOf(context, property),
        required: required.has(name),
        about: descriptionOf(context, property),
        rules: rulesOf(context, property),
        nested: options.nested ? nestedOf(context, property, options) : undefined,
        linkCode: context.linkCode,
      }),
    )}
  </ul>`;
}

/** A property's own description, or that of a type without an entry. */
function descriptionOf(context: Context, property: Schema): string | undefined {
  const { schema: type } = withoutNull(property);
  const { description } = type;
  if (description || !type.$ref || context.library.hasEntry(refName(type.$ref))) return description;
  return context.library.get(type.$ref).description;
}

function nestedOf(context: Context, property: Schema, options: Options): Html | undefined {
  const { depth = 1, seen = [] } = options;
  let { schema: type } = withoutNull(property);
  if (type.type === "array" && type.items) type = withoutNull(type.items).schema;
  if (!type.$ref || depth >= MAX_DEPTH) return undefined;
  const name = refName(type.$ref);
  if (!context.library.hasEntry(name) || seen.includes(name)) return undefined;
  const members = membersOf(context, context.library.get(type.$ref), {
    ...options,
    depth: depth + 1,
    seen: [...seen, name],
  });
  return html`<details class="nested"><summary>Members of ${name}</summary>${members}</details>`;
}

export interface Field {
  name: string;
  type: Html;
  required: boolean;
  about?: string | undefined;
  rules?: Html | undefined;
  nested?: Html | undefined;
  linkCode: LinkCode;
}

export function field({ name, type, required, about, rules, nested, linkCode }: Field): Html {
  return html`<li class="field">
    <p class="field-head"><code class="field-name">${name}</code> <span class="type">${type}</span> ${
      required && html`<span class="required">required</span>`
    }</p>
    ${paragraphs(about, linkCode)}${rules}${nested}
  </li>`;
}

