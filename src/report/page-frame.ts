import { html, shorten, trusted, type Html } from "./html.js";
import { STYLE } from "./style.js";

/** What stands on a page. */
export interface PageParts {
  /** Version of Kindred. */
  readonly kindred: string;
  readonly name: string;
  /** Where the link for keyboards goes: the id of a section and what it is called. */
  readonly skipTo: { readonly id: string; readonly words: string };
  readonly main: Html;
  /** The file whose figures the page shows, in words. */
  readonly source: Html;
}

/**
 * A whole page: no script, no network, no other file. Whatever came from data is escaped; a content security policy forbids
 * scripts and requests besides.
 */
export function pageFrame({ kindred, name, skipTo, main, source }: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Kindred ${kindred}" />
        <link rel="icon" href="data:," />
        <title>${shorten(name, 60)} · Kindred</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#${skipTo.id}">Skip to the ${skipTo.words}</a>
        <main>${main}</main>
        <footer>
          <p>Made by Kindred ${kindred} from ${source}.</p>
        </footer>
      </body>
    </html> `.markup;
}
