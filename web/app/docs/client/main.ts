// The page is complete without a script. This one adds search, copying, the theme, and the menu of narrow screens.

import { enableCopy } from "./copy";
import { followReading } from "./reading";
import { enableMenu } from "./menu";
import { enableSearch } from "./search";
import { enableTheme } from "./theme";

// The examples name this server.
for (const origin of document.querySelectorAll(".origin")) origin.textContent = window.location.origin;

const menu = enableMenu();
enableSearch(menu);
enableTheme();
enableCopy();
followReading();
