// Locators for the parts of the pages.

/** The admin's order table. */
export function table(page) {
  const grid = page.getByRole("grid", { name: "Orders" });
  return {
    grid,
    row: (order) =>
      grid.getByRole("row").filter({ has: page.getByRole("link", { name: `#${order.number}`, exact: true }) }),
    /** The first row below the header. */
    top: grid.locator('[role="row"][aria-rowindex="2"]'),
  };
}

/** A tile of the dashboard. */
export function tile(page, label) {
  return page.getByRole("list", { name: "Today" }).getByRole("listitem").filter({ hasText: label });
}

/** An order in the customer's list. */
export function card(page, order) {
  return page
    .getByRole("list", { name: "Orders, newest first" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name: `Order #${order.number}` }) });
}

/** The status, progress and history on an order's page. */
export function tracking(page) {
  return {
    summary: page.getByRole("region", { name: "Order status" }),
    progress: page.getByRole("progressbar", { name: "Order progress" }),
    timeline: page.getByRole("list", { name: "Order history, newest first" }).getByRole("listitem"),
  };
}

export function bell(page) {
  return page.getByRole("button", { name: /^Notifications/ });
}

/** The notifications, newest first. */
export function lines(page) {
  return page.getByRole("list", { name: "Notifications" }).getByRole("listitem");
}
