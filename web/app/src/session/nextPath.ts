/** Stands for this app's origin. */
const HERE = "https://app.invalid";

/** The path to open after signing in. Only paths of this app are accepted. */
export function nextPath(search: string, otherwise: string): string {
  const next = new URLSearchParams(search).get("next");
  if (!next?.startsWith("/") || !URL.canParse(next, HERE)) return otherwise;
  // Parsed as a browser does, which reads "//host", "/\\host" and "/<tab>/host" as other hosts.
  const url = new URL(next, HERE);
  const path = url.pathname + url.search + url.hash;
  return url.origin === HERE && !path.startsWith("//") ? path : otherwise;
}
