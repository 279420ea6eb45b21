import { poll } from "@sourceprint/core/async/poll.js"
import type { Store } from "../store/store.js"

const REASON_WITHIN_MS = 3000

/** The audit log's last word on what came after entry `seq`. A client that finds its password wrong leaves at once; the
 *  server writes it down a moment later. */
export async function lastReason(store: Store, seq: number): Promise<string> {
  const last = async () => (await store.auditAfter(seq, 100)).at(-1)
  return (await poll(last, { everyMs: 20, withinMs: REASON_WITHIN_MS }))?.reason ?? "nothing"
}
