import { CloudOff } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";

import { isReloading, reloadApp } from "../pwa/reload";
import { Button, EmptyState } from "../ui";
import { PageLoading } from "./PageLoading";

export interface ErrorBoundaryProps {
  children: ReactNode;
  /** Shown instead of the children after an error. Default: the full-page error message. */
  fallback?: ReactNode;
}

/** Contains render errors, so that the rest of the app keeps working. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

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
          Your cart and your orders are safe. If you are offline, reload the page once you are back online.
        </EmptyState>
      </div>
    );
  }
}
