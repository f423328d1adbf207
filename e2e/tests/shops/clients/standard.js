// The frontend of the Kafka shop. A customer's page and the admin's order table listen to the realtime service.

const SEVERITY = { processing: "info", shipped: "info", paid: "success", delivered: "success", cancelled: "warning" };

class RealtimePage {
  connected = false;
  /** The realtime service's greeting: `{message, role}`. */
  greeting;
  orders = [];
  notifications = [];

  constructor({ io, toast, render }, url, token) {
    this.toast = toast;
    this.render = render;
    this.socket = io(url, { auth: { token }, transports: ["websocket", "polling"] });
    this.socket.on("disconnect", () => {
      this.connected = false;
      render();
    });
    this.on("connected", (greeting) => {
      this.connected = true;
      this.greeting = greeting;
    });
    this.on("notification", (notification) => this.notifications.unshift(notification));
  }

  on(event, handle) {
    this.socket.on(event, (payload) => {
      handle(payload);
      this.render();
    });
  }

  setStatus({ orderId, status }) {
    this.orders = this.orders.map((order) => (order.id === orderId ? { ...order, status } : order));
  }
}

/** "My orders" of a customer. */
export class MyOrders extends RealtimePage {
  constructor(browser, url, token) {
    super(browser, url, token);
    this.on("order:created", ({ order }) => {
      this.orders.unshift(order);
      this.toast.success("Order placed");
    });
    this.on("order:updated", (change) => {
      this.setStatus(change);
      this.toast[SEVERITY[change.status] ?? "info"](`Order status: ${change.status}`);
    });
    this.on("order:cancelled", (change) => {
      this.setStatus(change);
      this.toast.warning("Order cancelled");
    });
  }
}

/** The admin's order table with its tiles. */
export class AdminOrders extends RealtimePage {
  tiles;

  constructor(browser, url, token) {
    super(browser, url, token);
    this.on("admin:order:created", ({ order }) => {
      this.orders.unshift(order);
      this.toast.success(`New order #${order.orderNumber} from ${order.customer?.name ?? "customer"}!`);
    });
    this.on("admin:order:updated", (change) => this.setStatus(change));
    this.on("admin:order:cancelled", (change) => {
      this.setStatus(change);
      const who = change.actor.origin === "staff" ? change.actor.name : "customer";
      this.toast.warning(`Order #${change.orderNumber} cancelled by ${who}`);
    });
    this.on("stats:updated", (stats) => {
      this.tiles = stats;
    });
  }
}
