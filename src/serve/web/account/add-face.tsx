import { useSignal } from "@preact/signals"
import type { FaceChallengeMessage } from "@sourceprint/protocol/session-step.js"
import { useEffect } from "preact/hooks"
import { FaceScene } from "../proof/face-scene.js"
import type { FaceFrames } from "../proof/prove-factors.js"
import { Button } from "../ui/button.js"
import { toast } from "../ui/toasts.js"
import { ask, loadOverview } from "./account-store.js"

const SENDING_MS = 3000

interface Round {
  readonly challenge: FaceChallengeMessage
  readonly untilMs: number
  readonly again: boolean
}

/** The guided capture of sign-up, for who has signed in. */
export function AddFace({ onDone }: { onDone(): void }) {
  const round = useSignal<Round | undefined>(undefined)
  const begin = async (again: boolean): Promise<void> => {
    round.value = undefined
    const challenge = await ask((account) => account.beginFace())
    if (challenge === undefined) onDone()
    else round.value = { challenge, again, untilMs: Date.now() + challenge.windowMs - SENDING_MS }
  }
  useEffect(() => void begin(false), [])
  const send = async (challenge: FaceChallengeMessage, frames: FaceFrames): Promise<void> => {
    round.value = undefined
    const outcome = await ask((account) => account.addFace(challenge, frames))
    if (outcome === "again") return begin(true)
    if (outcome === "added") {
      toast("Your face is enrolled.")
      await loadOverview()
    }
    onDone()
  }
  const { value } = round
  return (
    <>
      {value === undefined ? (
        <p class="working" role="status">
          <span class="spinner" aria-hidden="true" /> The server checks…
        </p>
      ) : (
        <FaceScene
          challenge={value.challenge}
          again={value.again}
          untilMs={value.untilMs}
          purpose="sign-up"
          answer={(frames) => void send(value.challenge, frames)}
        />
      )}
      <p class="actions">
        <Button onClick={onDone}>Cancel</Button>
      </p>
    </>
  )
}
