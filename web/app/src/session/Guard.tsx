import { Fragment, type ComponentType, type ReactNode } from "react";
import { Redirect, useLocation } from "wouter";

import { Forbidden } from "../pages/Forbidden";
import { PageLoading } from "../layout/PageLoading";
import { isStaff, useSession } from "./session";

/** Who may see a page. The server authorizes every request itself; the guard only avoids pages that cannot work. */
export type Audience = "anybody" | "signed-in" | "customer" | "staff";

export interface GuardProps {
  audience: Audience;
  /** The layout around the "forbidden" message, for pages that bring their own layout. */
  frame?: ComponentType<{ children: ReactNode }>;
  children: ReactNode;
}

export function Guard({ audience, frame: Frame = Fragment, children }: GuardProps) {
  const { viewer, account } = useSession();
  const [location] = useLocation();
  if (audience === "anybody") return children;
  if (viewer.state === "unknown") return <PageLoading />;
  if (!account)
    return <Redirect to={`/sign-in?next=${encodeURIComponent(location + window.location.search)}`} replace />;
  const mayNot = audience === "staff" ? !isStaff(account) : audience === "customer" && account.role !== "customer";
  // Another account gets new components: forms, queries and unsaved edits belong to one person.
  if (!mayNot) return <Fragment key={account.id}>{children}</Fragment>;
  return (
    <Frame>
      <Forbidden audience={audience === "staff" ? "staff" : "customer"} />
    </Frame>
  );
}
