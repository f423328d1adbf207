// The client's types that the console uses.
export type {
  BulkOutcome,
  ChangeResult,
  Money,
  NewProduct,
  Order,
  OrderEvent,
  Person,
  Product,
  ProductChange,
  ProductEvent,
  SetDelivery,
  SetStatus,
  Stats,
  TimelineEvent,
} from "@ordercast/client";
