import type { KeyRing } from "./key-ring.js"
import type { SealedKind, Store } from "./store.js"

const kinds: readonly SealedKind[] = ["secret", "account", "template"]

/** Wraps every record's key under the ring's first key. May be interrupted and run again; the old keys stay needed
 *  until it has finished. @returns how many records were changed */
export async function rotateKeys(store: Store, ring: KeyRing): Promise<number> {
  let changed = 0
  for (const kind of kinds) {
    for (const { id, sealed } of await store.sealedValues(kind)) {
      const rewrapped = ring.rewrap(sealed, `${kind}/${id}`)
      if (rewrapped !== undefined && (await store.replaceSealed(kind, id, sealed, rewrapped))) changed++
    }
  }
  return changed
}
