import { escapeMarkup } from "./verify/escape.ts";
import { pageStyle } from "./verify/page-style.ts";

/** A page that needs nothing else and runs no script; `title` and `verdict` are text, `about` and `body` are markup. */
export function renderPage(page: {
  readonly title: string;
  readonly verdict: string;
  readonly tone: "good" | "look" | "broken";
  readonly about: string;
  readonly body: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(page.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header class="verdict ${page.tone}-edge">
<h1>${escapeMarkup(page.verdict)}</h1>
${page.about}
</header>
${page.body}
</main>
</body>
</html>`;
}
