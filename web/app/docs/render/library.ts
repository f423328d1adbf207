// The schemas of one document, and which of them have an entry of their own.

import { refName, type Schema } from "./documents.ts";
import { slug } from "./html.ts";

export class Library {
  readonly schemas: Record<string, Schema>;
  readonly shared: Library | undefined;
  private readonly prefix: string;

  /** `shared` is the library of another document, whose equal schemas are shown once. */
  constructor(schemas: Record<string, Schema>, prefix: string, shared?: Library) {
    this.schemas = schemas;
    this.prefix = prefix;
    this.shared = shared;
  }

  get(ref: string): Schema {
    const found = this.schemas[refName(ref)];
    if (!found) throw new Error(`${ref} is not in the document`);
    return found;
  }

  /** Schemas with members or variants have an entry; texts, numbers and enums are described where they are used. */
  hasEntry(name: string): boolean {
    return isStructured(this.schemas[name] ?? {});
  }

  /** The id of a schema's entry in the page. */
  idOf(name: string): string {
    return this.shared && this.isShared(name) ? this.shared.idOf(name) : `${this.prefix}-${slug(name)}`;
  }

  /** The names of the entries that this library adds to the page. */
  ownEntries(): string[] {
    return Object.keys(this.schemas)
      .filter((name) => this.hasEntry(name) && !this.isShared(name))
      .sort((a, b) => a.localeCompare(b, "en"));
  }

  private isShared(name: string): boolean {
    const other = this.shared?.schemas[name];
    return other !== undefined && sorted(other) === sorted(this.schemas[name]);
  }
}

export function isStructured(schema: Schema): boolean {
  return Boolean(schema.properties ?? schema.allOf ?? schema.anyOf ?? schema.oneOf);
}

/** A schema that may be null, without the null. */
export function withoutNull(schema: Schema): { schema: Schema; nullable: boolean } {
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants?.some(isNull)) {
    const others = variants.filter((variant) => !isNull(variant));
    const [only] = others;
    const { oneOf: _oneOf, anyOf: _anyOf, ...rest } = schema;
    return { schema: others.length === 1 ? { ...only, ...rest } : { ...rest, anyOf: others }, nullable: true };
  }
  if (Array.isArray(schema.type) && schema.type.includes("null")) {
    const types = schema.type.filter((type) => type !== "null");
    const [only] = types;
    return { schema: { ...schema, type: types.length === 1 && only ? only : types }, nullable: true };
  }
  return { schema, nullable: false };
}

function isNull(schema: Schema): boolean {
  return schema.type === "null";
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
