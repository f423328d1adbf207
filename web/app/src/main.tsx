import "@fontsource-variable/geist/wght.css";
import "./design/tokens.css";
import "./design/base.css";

import { createOrdercast } from "@ordercast/client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { ServerAway } from "./layout/ServerAway";
import { loadConfig } from "./api/config";
import { basePath, pathInApp } from "./basePath";
import { forgetLastKnown } from "./offline/lastKnown";
import { registerServiceWorker } from "./pwa/register";
import { preload } from "./routes";
import { onSignOut } from "./session/onSignOut";
import { forgetAttempt, forgetResolvedAttempt } from "./shop/checkout/attempt";
import { forgetDraft } from "./shop/checkout/draft";
import { guardClicks, noteAnswer } from "./ui/clickGuard";
import { keepFocus } from "./ui/focusKeeper";

async function start() {
  const element = document.getElementById("root");
  if (!element) throw new Error("index.html has no #root");
  const { origin, pathname, search, hash } = window.location;
  const path = pathInApp(pathname);
  if (path === undefined) {
    // Opened at the server's own port, without the proxy that adds the base path.
    window.location.replace(basePath + pathname + search + hash);
    return;
  }
  // Load the page's code in parallel with the settings.
  preload(path);
  const root = createRoot(element);
  const { liveUrl } = await loadConfig(() => root.render(<ServerAway />));
  const client = createOrdercast({ autoStart: false, baseUrl: origin + basePath, ...(liveUrl && { liveUrl }) });
  const onAnswer = ({ request }: { request: Request }) => {
    if (request.method !== "GET") noteAnswer();
  };
  client.api.use({ onResponse: onAnswer, onError: onAnswer });
  onSignOut(client.session, (reason) => {
    forgetLastKnown();
    // The same person may sign in again and continue the checkout.
    if (reason === "expired") return forgetResolvedAttempt();
    forgetAttempt();
    forgetDraft();
  });
  root.render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}

guardClicks();
keepFocus();
void start();
registerServiceWorker();
