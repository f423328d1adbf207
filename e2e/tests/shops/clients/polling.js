// The frontend of the polling shop. Its pages ask for the orders every five seconds; the session cookie signs them in.

const POLL_INTERVAL = 5000;

class PolledOrders {
  orders;
  error;

  constructor({ fetch, toast, render, setInterval }) {
    Object.assign(this, { fetch, toast, render });
    this.poll();
    setInterval(() => this.poll(), POLL_INTERVAL);
  }

  async poll() {
    if (this.polling) return;
    this.polling = true;
    try {
      const response = await this.fetch("/api/orders/manage", { credentials: "include" });
      if (!response.ok) throw new Error(`${response.status}`);
      const { orders } = await response.json();
      if (this.orders) this.compare(this.orders, orders);
      this.orders = orders;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
    this.polling = false;
    this.render();
  }

  find(id) {
    return this.orders?.find((order) => order.id === id);
  }
}

/** The customer's orders, with the delivery on a map. */
export class TrackOrders extends PolledOrders {
  compare(before, after) {
    for (const { id, status } of after) {
      const known = before.find((order) => order.id === id);
      if (known && known.status !== status) this.toast.info(`Your order is ${status}`);
    }
  }

  /** The marker on the map of an order, and whom to call. */
  delivery(id) {
    const { location, partner } = this.find(id)?.delivery ?? {};
    return { marker: location && [location.latitude, location.longitude], name: partner?.name, phone: partner?.phone };
  }
}

/** The admin panel. */
export class ManageOrders extends PolledOrders {
  compare(before, after) {
    for (const { id } of after) {
      if (!before.some((order) => order.id === id)) this.toast.success("New order received");
    }
  }

  async updateTracking(orderId, { status, location, deliveryPartner }) {
    const response = await this.fetch("/api/orders/tracking", {
      method: "PUT",
      credentials: "include",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ orderId, status, location, deliveryPartner }),
    });
    if (response.ok) await this.poll();
    else this.toast.error("Failed to update tracking");
  }
}
