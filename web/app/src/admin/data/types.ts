// The API's own shapes, under the names the console uses.
import type { components } from "../../../../sdk/src/api/schema";

type Schemas = components["schemas"];

export type Order = Schemas["Order"];
export type OrderEvent = Schemas["Event"];
export type Product = Schemas["Product"];
export type Stats = Schemas["Stats"];
export type Person = Schemas["Person"];
export type NewProduct = Schemas["NewProduct"];
export type ProductChange = Schemas["ProductChange"];
export type SetStatus = Schemas["SetStatus"];
export type SetDelivery = Schemas["SetDelivery"];
export type Money = Schemas["Money"];
