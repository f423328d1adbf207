// The nouns of the console, as the client names them.
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
