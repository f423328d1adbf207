import type { ReactNode } from "react";
import { Redirect, useLocation } from "wouter";

import { Forbidden } from "../pages/Forbidden";
import { PageLoading } from "../layout/PageLoading";
import { isStaff, useSession } from "./session";

/** Who may see a page. The server decides over every request by itself; this only spares people the detour. */
export type Audience = "anybody" | "signed-in" | "customer" | "staff";

export function Guard({ audience, children }: { audience: Audience; children: ReactNode }) {
  const { who, account } = useSession();
  const [location] = useLocation();
  if (audience === "anybody") return children;
  if (who.state === "unknown") return <PageLoading />;
  if (!account) return <Redirect to={`/sign-in?next=${encodeURIComponent(location + window.location.search)}`} replace />;
  if (audience === "staff" && !isStaff(account)) return <Forbidden audience="staff" />;
  if (audience === "customer" && account.role !== "customer") return <Forbidden audience="customer" />;
  return children;
}
