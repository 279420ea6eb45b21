import { CACHE_PREFIX } from "./cache-prefix.js"

const WORKER = "/offline.js"

/** Lets the pages load without the server from the next time on. For who has a chat here, not for each visitor. A
 *  browser that takes no worker (a private window) does as before. */
export async function keepPages(): Promise<void> {
  try {
    await navigator.serviceWorker?.register(WORKER, { updateViaCache: "none" })
  } catch (error) {
    console.info("These pages cannot be kept for use without the server:", error)
  }
}

/** Leaves none of the pages in this browser. */
export async function forgetPages(): Promise<void> {
  const known = (await navigator.serviceWorker?.getRegistrations()) ?? []
  await Promise.all(known.map((registration) => registration.unregister()))
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX))
  await Promise.all(names.map((name) => caches.delete(name)))
}
