import type { Order } from "@ordercast/client";
import { lazy, Suspense } from "react";

import { useConfig } from "../api/config";
import { useSession } from "../session/session";

const TestPayment = lazy(() => import("./TestPayment"));

/** The form of an online payment that is due. Loaded on demand. */
export function PaymentCard({ order }: { order: Order }) {
  const { testPayment } = useConfig();
  const { account } = useSession();
  const due =
    order.payment?.method === "online" &&
    (order.payment.status === "pending" || order.payment.status === "failed" || order.payment.status === "none");
  if (!testPayment || !due || account?.role !== "customer" || order.status !== "pending") return null;
  return (
    <Suspense>
      <TestPayment order={order} />
    </Suspense>
  );
}
