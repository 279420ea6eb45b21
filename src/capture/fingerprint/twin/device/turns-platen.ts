import type { Platen } from "./platen.js"

/** Touches one after another, each seen by one look, with `liftLooks` looks at an empty platen before it; the next one
 *  is made while the platen is empty, and the platen stays empty until it is ready. */
export function turnsPlaten(
  next: () => Promise<Uint8Array>,
  liftLooks: number,
  onTrouble: (error: unknown) => void,
): Platen {
  let ready: Uint8Array | undefined
  let making = false
  let emptyLooks = liftLooks
  const make = (): void => {
    if (making || ready !== undefined) return
    making = true
    next()
      .then((levels) => {
        ready = levels
      })
      .catch(onTrouble)
      .finally(() => {
        making = false
      })
  }
  make()
  return {
    look: () => {
      if (emptyLooks++ < liftLooks) return undefined
      const levels = ready
      if (levels !== undefined) emptyLooks = 0
      ready = undefined
      make()
      return levels
    },
  }
}
