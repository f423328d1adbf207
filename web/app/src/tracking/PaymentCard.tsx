import type { Order } from "@ordercast/client";
import { Suspense } from "react";

import { lazyChunk } from "../chunks/lazyChunk";
import { useConfig } from "../api/config";
import { useSession } from "../session/session";

const TestPayment = lazyChunk(() => import("./TestPayment"));

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
