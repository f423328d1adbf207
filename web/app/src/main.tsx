import "@fontsource-variable/geist/wght.css";
import "./design/tokens.css";
import "./design/base.css";

import { createOrdercast } from "@ordercast/client";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App";
import { loadConfig } from "./api/config";
import { registerServiceWorker } from "./pwa/register";
import { reloadWhenStale } from "./pwa/stale";
import { preload } from "./routes";
import { onSignOut } from "./session/leaving";
import { forgetAttempt } from "./shop/checkout/attempt";

async function start() {
  const element = document.getElementById("root");
  if (!element) throw new Error("index.html has no #root");
  // The page's own code comes along with the settings, not after them.
  preload(window.location.pathname);
  const { liveUrl } = await loadConfig();
  const client = createOrdercast({ autoStart: false, ...(liveUrl && { liveUrl }) });
  onSignOut(client.session, forgetAttempt);
  createRoot(element).render(
    <StrictMode>
      <App client={client} />
    </StrictMode>,
  );
}

reloadWhenStale();
void start();
registerServiceWorker();
