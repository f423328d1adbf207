import "@fontsource-variable/geist/wght.css";
import "./design/tokens.css";
import "./design/base.css";

import { createOrdercast } from "@ordercast/client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { loadConfig } from "./api/config";
import { forgetLastKnown } from "./offline/lastKnown";
import { registerServiceWorker } from "./pwa/register";
import { preload } from "./routes";
import { onSignOut } from "./session/onSignOut";
import { forgetAttempt } from "./shop/checkout/attempt";
import { forgetDraft } from "./shop/checkout/draft";

async function start() {
  const element = document.getElementById("root");
  if (!element) throw new Error("index.html has no #root");
  // Load the page's code in parallel with the settings.
  preload(window.location.pathname);
  const { liveUrl } = await loadConfig();
  const client = createOrdercast({ autoStart: false, ...(liveUrl && { liveUrl }) });
  onSignOut(client.session, (reason) => {
    forgetAttempt();
    forgetLastKnown();
    if (reason !== "expired") forgetDraft();
  });
  createRoot(element).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}

void start();
registerServiceWorker();
