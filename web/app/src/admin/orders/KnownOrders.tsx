import type { Order } from "@ordercast/client";
import { SearchX } from "lucide-react";
import { Link } from "wouter";

import { EmptyState, Money, RelativeTime, StatusBadge, Table, Td, Th, Tr } from "../../ui";
import { customerName } from "./row";

/** The orders that are stored on this device. They can be opened, but not changed from here. */
export function KnownOrders({ orders }: { orders: readonly Order[] }) {
  if (orders.length === 0) {
    return (
      <EmptyState icon={SearchX} title="No stored order matches">
        Only the newest orders are stored on this device.
      </EmptyState>
    );
  }
  return (
    <Table label="Last known orders, newest first">
      <thead>
        <Tr>
          <Th>Order</Th>
          <Th>Customer</Th>
          <Th numeric>Total</Th>
          <Th>Status</Th>
          <Th>Placed</Th>
        </Tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <Tr key={order.id}>
            <Td>
              <Link href={`/admin/orders/${order.number}`} className="tabular">
                #{order.number}
              </Link>
            </Td>
            <Td>{customerName(order)}</Td>
            <Td numeric>{order.total ? <Money value={order.total} /> : "–"}</Td>
            <Td>
              <StatusBadge status={order.status} />
            </Td>
            <Td>
              <RelativeTime at={order.createdAt} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
