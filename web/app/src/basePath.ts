// The path under which the shop is served, such as "/shop"; "" at the root of its host. The server writes it into the page
// (option `base_path`), so one build works under every path.

const written =
  typeof document === "undefined" ? null : document.querySelector<HTMLMetaElement>('meta[name="base-path"]');

export const basePath = written?.content ?? "";

/** The path within the app, as routes have it; undefined for a path outside of the base path. */
export function pathInApp(pathname: string, base = basePath): string | undefined {
  if (!`${pathname}/`.startsWith(`${base}/`)) return undefined;
  return pathname.slice(base.length) || "/";
}
