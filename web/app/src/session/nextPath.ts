/** Stands for this app's origin. */
const HERE = "https://app.invalid";

/** Pages that redirect a signed-in user to the `next` page. */
const SESSION_PAGES = ["/sign-in", "/sign-up", "/reset-password"];

/** The path to open after signing in. Only paths of this app are accepted. */
export function nextPath(search: string, otherwise: string): string {
  const next = new URLSearchParams(search).get("next");
  if (!next?.startsWith("/") || !URL.canParse(next, HERE)) return otherwise;
  // Parsed as a browser does, which reads "//host", "/\\host" and "/<tab>/host" as other hosts.
  const url = new URL(next, HERE);
  const path = url.pathname + url.search + url.hash;
  if (SESSION_PAGES.includes(decodedPath(url.pathname))) return otherwise;
  return url.origin === HERE && !path.startsWith("//") ? path : otherwise;
}

/** The path as the router compares it: decoded, in lower case, and without a final slash. */
function decodedPath(pathname: string): string {
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+$/, "");
  } catch {
    return pathname;
  }
}
