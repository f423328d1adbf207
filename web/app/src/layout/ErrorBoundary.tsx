import { CloudOff } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";

import { isLoadingAnew, loadAnew } from "../pwa/anew";
import { Button, EmptyState } from "../ui";
import { PageLoading } from "./PageLoading";

export interface ErrorBoundaryProps {
  children: ReactNode;
  /** What stands in its place, of a part that the page can do without. */
  instead?: ReactNode;
}

/** A page that broke says so, and the rest of the app goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    if (this.props.instead !== undefined) return this.props.instead;
    // A part of an older version is missing: the newest is on its way.
    if (isLoadingAnew()) return <PageLoading />;
    return (
      <div role="alert">
        <EmptyState
          icon={CloudOff}
          title="This page could not be shown"
          action={
            <Button
              look="primary"
              onClick={() => {
                void loadAnew();
                this.forceUpdate();
              }}
            >
              Load it again
            </Button>
          }
        >
          Your cart and your orders are safe. If you were offline, it works again once you are back.
        </EmptyState>
      </div>
    );
  }
}
