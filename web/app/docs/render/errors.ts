// The table of error codes, which is part of the OpenAPI document's description.

import { html, type Html, slug } from "./html.ts";
import { inline, type LinkCode } from "./markdown.ts";

export interface ErrorCode {
  id: string;
  code: string;
  status: string;
  title: string;
  advice: string;
}

export function errorsOf(rows: string[][]): ErrorCode[] {
  return rows.map(([code = "", status = "", title = "", advice = ""]) => {
    const name = code.replaceAll("`", "");
    return { id: `error-${slug(name)}`, code: name, status, title, advice };
  });
}

export function errorList(errors: ErrorCode[], linkCode: LinkCode): Html {
  return html`<ul class="errors">
    ${errors.map(
      ({ id, code, status, title, advice }) =>
        html`<li id="${id}" tabindex="-1">
          <p class="field-head"><code class="field-name">${code}</code> <span class="status failed">${status}</span></p>
          <p><strong>${title}.</strong> ${inline(advice, linkCode)}</p>
        </li>`,
    )}
  </ul>`;
}
