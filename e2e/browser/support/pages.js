// Where things are on the pages, as their readers would say it.

/** The admin's table of orders. */
export function table(page) {
  const grid = page.getByRole("grid", { name: "Orders" });
  return {
    grid,
    row: (order) =>
      grid.getByRole("row").filter({ has: page.getByRole("link", { name: `#${order.number}`, exact: true }) }),
    /** The newest, below the heading. */
    top: grid.locator('[role="row"][aria-rowindex="2"]'),
  };
}

/** One of the dashboard's numbers. */
export function tile(page, label) {
  return page.getByRole("list", { name: "Today" }).getByRole("listitem").filter({ hasText: label });
}

/** The order in a customer's list. */
export function card(page, order) {
  return page
    .getByRole("list", { name: "Orders, newest first" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("link", { name: `Order #${order.number}` }) });
}

/** The tracking page's large words, and how far the order is. */
export function tracking(page) {
  return {
    stand: page.getByRole("region", { name: "Where it stands" }),
    progress: page.getByRole("progressbar", { name: "Progress of the order" }),
    timeline: page.getByRole("list", { name: "Timeline, newest first" }).getByRole("listitem"),
  };
}

export function bell(page) {
  return page.getByRole("button", { name: /^Notifications/ });
}

/** The lines of the notification centre, newest first. */
export function lines(page) {
  return page.getByRole("list", { name: "Notifications" }).getByRole("listitem");
}
