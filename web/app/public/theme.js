// Before the first paint, so that nobody who chose dark sees a flash of light.
try {
  var theme = localStorage.getItem("ordercast.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (_) {
  // Storage is refused: the system's own theme serves.
}
