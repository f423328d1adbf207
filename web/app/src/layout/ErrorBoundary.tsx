import { CloudOff } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";
import { useLocation } from "wouter";

import { isReloading, reloadApp } from "../pwa/reload";
import { Button, EmptyState } from "../ui";
import { PageLoading } from "./PageLoading";

export interface ErrorBoundaryProps {
  children: ReactNode;
  /** Shown instead of the children after an error. Default: the full-page error message. */
  fallback?: ReactNode;
}

/** Contains render errors, so that the rest of the app keeps working. Another page gets another attempt. */
export function ErrorBoundary(props: ErrorBoundaryProps) {
  const [location] = useLocation();
  return <Boundary {...props} location={location} />;
}

interface BoundaryState {
  hasFailed: boolean;
  /** Of the last render. */
  location: string;
}

class Boundary extends Component<ErrorBoundaryProps & { location: string }, BoundaryState> {
  override state = { hasFailed: false, location: this.props.location };

  static getDerivedStateFromProps({ location }: { location: string }, state: BoundaryState) {
    return location === state.location ? null : { hasFailed: false, location };
  }

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    if (this.props.fallback !== undefined) return this.props.fallback;
    // A chunk of an older version is missing and the page is about to reload.
    if (isReloading()) return <PageLoading />;
    return (
      <div role="alert">
        <EmptyState
          icon={CloudOff}
          title="This page could not be displayed"
          action={
            <Button
              variant="primary"
              onClick={() => {
                void reloadApp();
                this.forceUpdate();
              }}
            >
              Reload page
            </Button>
          }
        >
          {this.props.location.startsWith("/admin")
            ? "The orders and their changes are safe on the server. The other pages of the console still work."
            : "Your cart and your orders are safe. If you are offline, reload the page once you are back online."}
        </EmptyState>
      </div>
    );
  }
}
