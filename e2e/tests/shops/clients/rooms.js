// The frontend of the tracking-room shop. It runs on another site than its server; the shop's cookie signs it in.

/** The page of one order. It joins the order's room once, when it opens. */
export class OrderTracking {
  connected = false;
  order = {};

  constructor({ io, toast, render }, url, orderId) {
    this.orderId = orderId;
    this.socket = io(url, { withCredentials: true, transports: ["websocket", "polling"] });
    for (const event of ["connect", "disconnect"]) {
      this.socket.on(event, () => {
        this.connected = this.socket.connected;
        render();
      });
    }
    this.socket.on("order-status-updated", (update) => {
      if (update.orderId !== orderId) return;
      const { status, trackingNumber, estimatedDelivery, updatedAt } = update;
      this.order = { status, trackingNumber, estimatedDelivery, updatedAt };
      toast.success(`Order status updated to: ${status}`);
      render();
    });
    this.socket.on("error", ({ message }) => {
      toast.error(message);
      render();
    });
    this.socket.emit("join-order-tracking", orderId);
  }

  close() {
    this.socket.emit("leave-order-tracking", this.orderId);
  }
}

/** The admin's page, which sets the status of orders over the socket. */
export class AdminStatus {
  connected = false;

  constructor({ io, toast, render }, url) {
    this.toast = toast;
    this.socket = io(url, { withCredentials: true, transports: ["websocket", "polling"] });
    for (const event of ["connect", "disconnect"]) {
      this.socket.on(event, () => {
        this.connected = this.socket.connected;
        render();
      });
    }
    this.socket.on("error", ({ message }) => {
      toast.error(message);
      render();
    });
  }

  update(orderId, status) {
    this.socket.emit("admin-status-update", { orderId, status });
    this.toast.success(`Order status updated to ${status}. Customer will be notified in real-time!`);
  }

  updateAll(orderIds, status) {
    for (const orderId of orderIds) this.update(orderId, status);
  }
}
