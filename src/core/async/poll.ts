import { delay } from "./delay.js"

/** Looks again every `everyMs` until `look` gives something. @returns undefined when it does not within `withinMs` */
export async function poll<Found>(
  look: () => Found | Promise<Found>,
  { everyMs, withinMs }: { readonly everyMs: number; readonly withinMs: number },
): Promise<Exclude<Found, false | undefined> | undefined> {
  const endMs = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<Found, false | undefined>
    if (performance.now() > endMs) return undefined
    await delay(everyMs)
  }
}
