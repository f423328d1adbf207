// Runs before the first paint, so that a visitor who chose the dark theme sees no white flash.
try {
  var base = document.querySelector('meta[name="base-path"]').content;
  var theme = localStorage.getItem("ordercast" + base + ".theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (_) {
  // Storage is not available: use the system theme.
}
