import { delay } from "@sourceprint/core/async/delay.js"

/** How long a test waits for what has to come, in ms. It guards against hanging and measures nothing: far more than a
 *  loaded machine with a slow disk needs. */
export const PATIENCE_MS = 120_000

/** Waits until `holds`, looking again at short intervals. @throws when it does not within PATIENCE_MS */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`)
    await delay(5)
  }
}
