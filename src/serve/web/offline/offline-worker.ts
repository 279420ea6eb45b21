/** The service worker: it lets the pages load while the server cannot be reached, so that what lies on the device can
 *  be read. It keeps the built files of its own version and nothing else: no answer of the server, no key, no session.
 *  What it gives out of its cache has the SHA-256 that stands in its own script, whoever may have written to the cache,
 *  and the headers of the server. The document comes from the server wherever that answers, so a newer version is never
 *  held back; files under `/assets/` carry a hash of what is in them in their names and cannot be old. */
import { within } from "@sourceprint/core/async/delay.js"
import { toHex } from "@sourceprint/core/bytes.js"
import { pageHeaders } from "../../page-headers.js"
import { pagePathOf } from "../../page-paths.js"
import { CACHE_PREFIX } from "./cache-prefix.js"

/** Path -> SHA-256 (hex), and one hash over all of them: put in by the build. */
declare const KEPT_FILES: Readonly<Record<string, string>>
declare const KEPT_VERSION: string

/** As the Service Workers standard has it (W3C, 4); TypeScript knows it in a library that does not go together with the
 *  one for pages. */
interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface AskedEvent extends Event {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
// The DOM library, which the pages are checked against, has no service worker's scope.
const scope = self as unknown as {
  addEventListener(name: "install" | "activate", listener: (event: LastingEvent) => void): void
  addEventListener(name: "fetch", listener: (event: AskedEvent) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
}

const FILES = KEPT_FILES
const CACHE = CACHE_PREFIX + KEPT_VERSION
/** A server that has not answered for so long is taken for one that cannot be reached. */
const PATIENCE_MS = 10_000
/** What a proxy says whose server is down. */
const AWAY: readonly number[] = [502, 503, 504]
const TYPES: Readonly<Record<string, string>> = {
  "": "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  wasm: "application/wasm",
}

const typeOf = (path: string): string => TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ""] ?? "application/octet-stream"
const isRight = async (path: string, body: ArrayBuffer): Promise<boolean> =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", body))) === FILES[path]

/** All or nothing: a server that has moved on meanwhile makes the next version's worker. */
async function fill(): Promise<void> {
  const cache = await caches.open(CACHE)
  for (const path of Object.keys(FILES)) {
    const response = await fetch(path, { cache: "no-cache" })
    const body = await response.arrayBuffer()
    if (!response.ok || !(await isRight(path, body))) throw new Error(`${path} is of another version`)
    await cache.put(path, new Response(body))
  }
}

async function forgetOthers(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
}

async function kept(path: string): Promise<Response | undefined> {
  const body = await (await caches.match(path, { cacheName: CACHE }))?.arrayBuffer() // `open` would make one again
  if (body === undefined || !(await isRight(path, body))) return undefined
  return new Response(body, { headers: { ...pageHeaders, "Content-Type": typeOf(path) } })
}

/** From the server, or, where that cannot be reached, as it was kept. */
async function fresh(request: Request, path: string): Promise<Response> {
  const asked = fetch(request)
  try {
    const response = await within(asked, PATIENCE_MS, undefined)
    if (response !== undefined && !AWAY.includes(response.status)) return response
    return (await kept(path)) ?? (await asked)
  } catch (error) {
    const old = await kept(path)
    if (old === undefined) throw error
    return old
  }
}

scope.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => scope.skipWaiting()))
})
scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()))
})
scope.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== "GET" || origin !== location.origin) return
  if (request.mode === "navigate") {
    if (pagePathOf(pathname) !== undefined) event.respondWith(fresh(request, "/"))
  } else if (pathname in FILES) {
    const isNamedByHash = pathname.startsWith("/assets/")
    event.respondWith(
      isNamedByHash ? kept(pathname).then((found) => found ?? fetch(request)) : fresh(request, pathname),
    )
  }
})
