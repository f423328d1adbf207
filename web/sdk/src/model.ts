// Short names for the generated API types.

import type { components } from "./api/schema.js";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type Actor = Schemas["ActorView"];
export type Address = Schemas["Address"];
export type AllowedTransition = Schemas["AllowedTransition"];
export type BulkOutcome = Schemas["BulkOutcome"];
export type BulkOutcomes = Schemas["BulkOutcomes"];
export type Money = Schemas["Money"];
export type NewOrder = Schemas["NewOrder"];
export type NewProduct = Schemas["NewProduct"];
export type Notification = Schemas["NotificationView"];
export type NotificationCategory = Schemas["NotificationCategory"];
export type Order = Omit<Schemas["Order"], "allowedTransitions"> & {
  /** The statuses that the reader may set; null while unknown: a change of ours is pending, or the order is being read. */
  allowedTransitions: readonly AllowedTransition[] | null;
};
export type OrderItem = Schemas["OrderItem"];
export type OrderLocation = Schemas["OrderLocation"];
export type OrderPayment = Schemas["OrderPayment"];
export type Origin = Schemas["Origin"];
export type Partner = Schemas["Partner"];
export type PaymentMethod = Schemas["PaymentMethod"];
export type Person = Schemas["Person"];
export type Product = Schemas["Product"];
export type ProductChange = Schemas["ProductChange"];
export type Role = Schemas["Role"];
export type SetDelivery = Schemas["SetDelivery"];
export type SetStatus = Schemas["SetStatus"];
export type Severity = Schemas["Severity"];
export type Shipment = Schemas["OrderShipment"];
export type SignedIn = Schemas["SignedIn"];
export type Stats = Schemas["Stats"];
export type Status = Schemas["Status"];
/** An entry of an order's timeline: a log event, reduced to what its reader may see. */
export type TimelineEvent = Schemas["Event"];
