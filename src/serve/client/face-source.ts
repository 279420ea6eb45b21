import type { FaceActionName } from "@sourceprint/protocol/face-action.js"
import type { FaceFrame } from "@sourceprint/protocol/face-bundle.js"

export interface FaceShot {
  readonly frames: readonly FaceFrame[]
  /** When the first frame was taken, by this end's clock, ms since 1970. */
  readonly takenAtMs: number
}

/** Where a client's faces come from. */
export interface FaceSource {
  /** Pictures of these actions in their order, each from and back to a look straight ahead; undefined where the source
   *  cannot show one of them. */
  show(actions: readonly FaceActionName[]): Promise<FaceShot | undefined>
}
