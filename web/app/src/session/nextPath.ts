/** The path to open after signing in. Only paths of this app are accepted. */
export function nextPath(search: string, otherwise: string): string {
  const next = new URLSearchParams(search).get("next");
  // Browsers treat "//host" and "/\host" as other hosts.
  return next && /^\/(?![/\\])/.test(next) ? next : otherwise;
}
