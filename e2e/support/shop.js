// The HTTP API, as the shop's pages use it.

export class Shop {
  constructor(url) {
    this.url = url;
  }

  async signIn(email, password) {
    const response = await this.send("POST", "/api/v1/auth/login", { email, password });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    return new Account(this, { ...(await answer(response)), cookie: cookies.join("; ") });
  }

  /** Creates a customer with the address `handle`@shop.example. */
  async register(handle, name = handle) {
    const account = { email: `${handle}@shop.example`, password: `${handle} likes black tea`, name };
    const response = await this.send("POST", "/api/v1/auth/register", account);
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    return new Account(this, { ...(await answer(response)), cookie: cookies.join("; ") });
  }

  /** A user whose token another system made. */
  holder(token) {
    return new Account(this, { accessToken: token });
  }

  send(method, path, body, headers = {}) {
    return fetch(this.url + path, {
      method,
      headers: { ...(body && { "content-type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
    });
  }
}

/** A signed-in person. */
class Account {
  constructor(shop, { accessToken, cookie, user }) {
    Object.assign(this, { shop, token: accessToken, cookie, user });
  }

  request(method, path, body) {
    return this.shop.send(method, path, body, { authorization: `Bearer ${this.token}` });
  }

  async call(method, path, body) {
    return answer(await this.request(method, path, body));
  }

  /** Adds a product with a large stock. `order` buys the product with the largest stock. */
  async stockUp() {
    const { products } = await this.call("GET", "/api/v1/products");
    await this.call("POST", "/api/v1/products", { name: "Paper bags", price: products[0].price, stock: 100_000 });
  }

  async order({ paymentMethod = "cash_on_delivery", reference } = {}) {
    const { products } = await this.call("GET", "/api/v1/products");
    const product = products.reduce((most, each) => (each.available > most.available ? each : most));
    const address = { name: "Asha Rao", line1: "1 Lantern Street", city: "Pune", postalCode: "411001", country: "IN" };
    return this.call("POST", "/api/v1/orders", {
      items: [{ productId: product.id, quantity: 1 }],
      shippingAddress: { ...address, phone: "+912012345678" },
      paymentMethod,
      reference,
    });
  }

  setStatus(order, status, more = {}) {
    return this.call("PUT", `/api/v1/orders/${order.id}/status`, { status, ...more });
  }

  cancel(order, reason) {
    return this.call("POST", `/api/v1/orders/${order.id}/cancel`, { reason });
  }

  show(order) {
    return this.call("GET", `/api/v1/orders/${order.id}`);
  }
}

async function answer(response) {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${text}`);
  return text && JSON.parse(text);
}
