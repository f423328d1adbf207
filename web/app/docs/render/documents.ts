// The parts of OpenAPI 3.1 and AsyncAPI 3 that the reference shows.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  description?: string;
  required?: boolean;
  schema: Schema;
  example?: unknown;
}

export type Content = Record<string, { schema?: Schema; example?: unknown }>;

export interface Answer {
  description: string;
  headers?: Record<string, { description?: string; schema: Schema }>;
  content?: Content;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { description?: string; required?: boolean; content: Content };
  responses: Record<string, Answer>;
  security?: Record<string, string[]>[];
}

export interface OpenApi {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Message {
  name: string;
  summary?: string;
  payload: Schema;
  tags?: { name: string }[];
}

interface Reference {
  $ref: string;
}

export interface LiveOperation {
  action: "send" | "receive";
  channel: Reference;
  summary?: string;
  messages: Reference[];
  reply?: { messages: Reference[] };
}

export interface AsyncApi {
  info: { description: string };
  channels: Record<string, { address: string; description: string; messages: Record<string, Message> }>;
  operations: Record<string, LiveOperation>;
  components: { schemas: Record<string, Schema> };
}

/** The last part of a reference: `Order` of `#/components/schemas/Order`. */
export function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
