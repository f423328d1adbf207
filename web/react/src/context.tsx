import { createOrdercast, type Ordercast, type OrdercastOptions } from "@ordercast/client";
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

const Context = createContext<Ordercast | null>(null);

export interface OrdercastProviderProps {
  /** An existing client. The caller starts and closes it. */
  client?: Ordercast;
  /** Or the options to create a client with. Read once. */
  options?: OrdercastOptions;
  children?: ReactNode;
}

/** Provides a client to the components below. The connection opens in the browser only, and closes with the provider. */
export function OrdercastProvider({ client, options, children }: OrdercastProviderProps): ReactNode {
  // Created without connecting, so that a discarded render leaves nothing behind.
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
