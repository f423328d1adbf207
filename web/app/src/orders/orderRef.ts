/** The order that an address names: the router leaves "/", "?" and "#" of a reference escaped. */
export function orderRefOf(param: string): string {
  try {
    return decodeURIComponent(param);
  } catch {
    // A percent sign of the reference itself, which the router has decoded.
    return param;
  }
}
