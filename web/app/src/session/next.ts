/** Where to go after signing in: a path of this app, as the address says, and nothing else. */
export function nextPath(search: string, otherwise: string): string {
  const next = new URLSearchParams(search).get("next");
  // A browser takes "//host" and "/\host" for other hosts.
  return next && /^\/(?![/\\])/.test(next) ? next : otherwise;
}
