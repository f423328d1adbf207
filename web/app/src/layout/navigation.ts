// A page that was opened by a link within the app takes the focus, once; the first page of a visit leaves it to the browser.
let wanted = false;

export function wantFocus() {
  wanted = true;
}

export function takeFocus(): boolean {
  const take = wanted;
  wanted = false;
  return take;
}
