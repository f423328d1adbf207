import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";

import { formatFilters, parseFilters, type OrderFilters } from "./filters";

/** The filters of the address, and how to change it. */
export function useFilters(): { filters: OrderFilters; address: string; setFilters: (filters: OrderFilters) => void } {
  const search = useSearch();
  const [, navigate] = useLocation();
  // The address in its one normal form: what is written differently and means the same is the same.
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
