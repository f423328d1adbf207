import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";

import { formatFilters, parseFilters, type OrderFilters } from "./filters";

/** The filters in the page's address, and a setter. */
export function useFilters(): { filters: OrderFilters; address: string; setFilters: (filters: OrderFilters) => void } {
  const search = useSearch();
  const [, navigate] = useLocation();
  // Normalized, so that different spellings of the same filters compare equal.
  const address = useMemo(() => formatFilters(parseFilters(new URLSearchParams(search))).toString(), [search]);
  const filters = useMemo(() => parseFilters(new URLSearchParams(address)), [address]);
  const setFilters = useCallback(
    (next: OrderFilters) => {
      const params = formatFilters(next).toString();
      navigate(params ? `/admin?${params}` : "/admin", { replace: true });
    },
    [navigate],
  );
  return { filters, address, setFilters };
}
