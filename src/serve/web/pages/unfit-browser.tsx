import { keepsNothing } from "../session/session-store.js"
import { Page } from "../ui/page.js"

/** Why these pages cannot work here, or undefined. They need Web Crypto (a secure context) and a database. */
export function whyUnfit(): string | undefined {
  if (!isSecureContext)
    return (
      "This address is not secure, so the browser gives the page no cryptography. Open it by https, or on " +
      "the server's own computer."
    )
  if (typeof indexedDB === "undefined" || typeof Worker === "undefined")
    return (
      "This browser has no database or no workers for pages. Use a current Chromium, Firefox or Safari, not " +
      "in a restricted mode."
    )
  if (keepsNothing.value)
    return (
      "This browser does not let the page keep its keys. Leave private browsing, allow site data for this " +
      "address, or make room on the disk; then load the page again."
    )
  return undefined
}

export function UnfitBrowser({ why }: { why: string }) {
  return (
    <Page title="Not in this browser">
      <p>{why}</p>
    </Page>
  )
}
