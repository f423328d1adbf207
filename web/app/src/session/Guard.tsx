import { Fragment, type ComponentType, type ReactNode } from "react";
import { Redirect, useLocation } from "wouter";

import { Forbidden } from "../pages/Forbidden";
import { PageLoading } from "../layout/PageLoading";
import { isStaff, useSession } from "./session";

/** Who may see a page. The server decides over every request by itself; this only spares people the detour. */
export type Audience = "anybody" | "signed-in" | "customer" | "staff";

export interface GuardProps {
  audience: Audience;
  /** What stands around the words for those who may not, where the page brings its own frame. */
  frame?: ComponentType<{ children: ReactNode }>;
  children: ReactNode;
}

export function Guard({ audience, frame: Frame = Fragment, children }: GuardProps) {
  const { who, account } = useSession();
  const [location] = useLocation();
  if (audience === "anybody") return children;
  if (who.state === "unknown") return <PageLoading />;
  if (!account)
    return <Redirect to={`/sign-in?next=${encodeURIComponent(location + window.location.search)}`} replace />;
  const mayNot = audience === "staff" ? !isStaff(account) : audience === "customer" && account.role !== "customer";
  if (!mayNot) return children;
  return (
    <Frame>
      <Forbidden audience={audience === "staff" ? "staff" : "customer"} />
    </Frame>
  );
}
