import { type Html, html, trusted } from "./html.js"
import type { PageScript } from "./page-assets.js"
import { PAGE_STYLE } from "./style.js"

/** A whole page: one file that asks the network for nothing. Its policy allows the inline scripts by hash and data
 *  images, and refuses every load from elsewhere. */
export function pageShell(page: {
  readonly title: string
  readonly body: Html
  readonly scripts: readonly PageScript[]
  readonly extraStyle?: string
}): string {
  const hashes = page.scripts.map(({ hash }) => `'${hash}'`).join(" ")
  // plotly and our own shading set inline styles; no style can reach the network under default-src 'none'
  const policy =
    `default-src 'none'; script-src ${hashes || "'none'"}; style-src 'unsafe-inline'; img-src data: ` +
    "blob:; base-uri 'none'; form-action 'none'"
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${page.title}</title>
<style>${trusted(PAGE_STYLE + (page.extraStyle ?? ""))}</style>
</head>
<body>
${page.body}
${page.scripts.map(
  ({ text, isModule }) => html`<script${isModule ? trusted(' type="module"') : undefined}>${trusted(text)}</script>
`,
)}</body>
</html>
`.text
}
