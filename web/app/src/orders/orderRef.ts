/** The order's id, number or reference in an address. The router leaves "/", "?" and "#" of a reference escaped. */
export function orderRefOf(param: string): string {
  try {
    return decodeURIComponent(param);
  } catch {
    // The reference has a percent sign, which the router has already decoded.
    return param;
  }
}
