import { createOrdercast, type Ordercast, type OrdercastOptions } from "@ordercast/client";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

const Context = createContext<Ordercast | null>(null);

export interface OrdercastProviderProps {
  /** A client of one's own. Whoever made it closes it. */
  client?: Ordercast;
  /** Or what to make one with. Read once. */
  options?: OrdercastOptions;
  children?: ReactNode;
}

/** Gives everything below it a connection. It opens in the browser only, and ends with the provider. */
export function OrdercastProvider({ client, options, children }: OrdercastProviderProps): ReactNode {
  // Made without connecting, so that a render that React throws away leaves nothing behind.
  const [own] = useState(() => (client === undefined ? createOrdercast({ ...options, autoStart: false }) : undefined));
  const used = client ?? own;
  useEffect(() => {
    used?.start();
    return () => own?.close();
  }, [used, own]);
  return <Context.Provider value={used ?? null}>{children}</Context.Provider>;
}

/** The client of the nearest provider. */
export function useOrdercast(): Ordercast {
  const client = useContext(Context);
  if (client === null) throw new Error("There is no <OrdercastProvider> above this component.");
  return client;
}
