import type { AuthDeps } from "../auth-deps.js"
import { randomId } from "./seal-template.js"

export interface JudgedImage {
  readonly accountId: string
  readonly deviceId: string
  readonly scannerId: string
  /** "passed" or the check that refused it. */
  readonly outcome: string
  readonly image: Uint8Array
}

/** Keeps a capture for a study, sealed, where the operator opted in; else nothing is kept of any image. */
export async function keepImage(deps: AuthDeps, { image, ...facts }: JudgedImage): Promise<void> {
  const { study, keys, clock } = deps
  if (study === undefined) return
  const id = randomId(deps)
  await study.keep({ id, ...facts, atMs: clock.nowMs(), sealed: keys.seal(image, `study/${id}`) })
}
