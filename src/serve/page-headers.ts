/** Nothing inline, nothing evaluated (but wasm), nothing from elsewhere, framed by nobody. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "connect-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'"

/** The camera and passkeys for our own pages; nothing else of the machine. */
const PERMISSIONS_POLICY =
  "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), microphone=(), " +
  "geolocation=(), display-capture=(), usb=(), serial=(), payment=(), midi=(), hid=()"

/** What every answer carries over HTTP; the pages that a browser keeps for itself carry the same. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_POLICY,
  "Permissions-Policy": PERMISSIONS_POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
}
