// The frontend of the change-feed shop: live orders, a notification center, and the store's dashboard.

const PROGRESS = { pending: 10, processing: 35, shipped: 65, paid: 80, delivered: 100, cancelled: 0 };

class RealTimePage {
  connection = { status: "connecting", reconnects: 0 };
  orders = {};
  deliveries = {};
  notifications = [];
  stats;

  constructor({ io, toast, render }, url, token) {
    Object.assign(this, { toast, render });
    this.socket = io(url, { auth: { token } });
    this.on("connection_status", ({ status, timestamp }) => {
      this.connection = { ...this.connection, status, lastUpdate: timestamp };
    });
    this.on("disconnect", (reason) => {
      this.connection = { status: "lost", lastError: reason, reconnects: this.connection.reconnects + 1 };
    });
    this.on("order_stats_update", (stats) => {
      this.stats = stats;
    });
  }

  on(event, handle) {
    this.socket.on(event, (payload) => {
      handle(payload);
      this.render();
    });
  }

  notify(notification) {
    this.notifications.unshift({ ...notification, read: false });
    this.toast.info(notification.message);
  }

  /** An update has only what changed. */
  deliver({ orderId, ...update }) {
    const delivery = { ...this.deliveries[orderId] };
    for (const member of ["partner", "location", "trackingNumber", "estimatedDelivery"]) {
      delivery[member] = update[member] ?? delivery[member];
    }
    this.deliveries[orderId] = delivery;
  }

  get unreadCount() {
    return this.notifications.filter(({ read }) => !read).length;
  }

  markAsRead(id) {
    this.notifications = this.notifications.map((each) => (each.id === id ? { ...each, read: true } : each));
  }
}

/** The profile: the customer's orders and notifications. */
export class Profile extends RealTimePage {
  constructor(browser, url, token) {
    super(browser, url, token);
    this.on("customer_order_update", ({ orderId, orderNumber, status, timestamp, order }) => {
      const known = this.orders[orderId] ?? order;
      this.orders[orderId] = { ...known, orderNumber, status, progress: PROGRESS[status], lastUpdate: timestamp };
    });
    this.on("delivery_update", (update) => this.deliver(update));
    this.on("customer_notification", (notification) => this.notify(notification));
  }
}

/** The page of one order. It joins the order's room whenever it connects. */
export class OrderPage extends RealTimePage {
  timeline = [];
  order;

  constructor(browser, url, token, orderId) {
    super(browser, url, token);
    this.on("connect", () => this.socket.emit("join_order", orderId));
    this.on("single_order_update", (update) => {
      if (update.orderId === orderId) this.order = { ...update, progress: PROGRESS[update.status] };
    });
    this.on("order_notification", (notification) => {
      if (notification.orderId === orderId) this.timeline.push(notification);
    });
  }
}

/** The store owner's dashboard. */
export class StoreDashboard extends RealTimePage {
  constructor(browser, url, token) {
    super(browser, url, token);
    this.on("order_notification", (notification) => {
      const { orderId, orderNumber, status, order } = notification;
      this.orders[orderId] = { ...(this.orders[orderId] ?? order), orderNumber, status };
      this.notify(notification);
    });
    this.on("delivery_update", (update) => this.deliver(update));
  }
}
