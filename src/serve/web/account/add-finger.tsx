import { useSignal } from "@preact/signals"
import type { ProofStage } from "../proof/proof-scene.js"
import { ProofView } from "../proof/proof-view.js"
import { proveFactors } from "../proof/prove-factors.js"
import { useProving } from "../proof/use-proving.js"
import { fingerChoices } from "../session/fingers.js"
import { resumed } from "../session/live-link.js"
import { signedIn } from "../session/session-store.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { SelectField } from "../ui/select-field.js"
import { toast } from "../ui/toasts.js"
import { loadOverview } from "./account-store.js"

/** A further finger, by a linked scanner, on a connection of its own: the one that is open talks of other things. */
export function AddFinger({ onDone }: { onDone(): void }) {
  const finger = useSignal("left-index")
  const { stage, refused, prove } = useProving()

  const add = async (token: Uint8Array, mine: ProofStage): Promise<string | undefined> => {
    const session = await resumed(token, () => mine.lost())
    if (session === undefined || typeof session === "number")
      return "The server does not take it now. Sign in again, or try in a minute."
    mine.signal.addEventListener("abort", () => session.close(), { once: true })
    const ended = await proveFactors(session, () => session.addFinger(finger.value), mine)
    await mine.settled()
    session.close()
    if (ended.end !== "passed")
      return "The touches were not good enough, or not of one finger. Nothing was stored: try again."
    toast("The finger is enrolled.")
    await loadOverview()
    onDone()
    return undefined
  }

  if (stage.value !== undefined)
    return (
      <>
        <ProofView stage={stage.value} purpose="sign-up" />
        <p class="actions">
          <Button onClick={() => stage.value?.leave()}>Cancel</Button>
        </p>
      </>
    )
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        const token = signedIn.value?.token
        if (token !== undefined) void prove((mine) => add(token, mine))
      }}
    >
      <SelectField
        label="Which finger"
        choices={fingerChoices}
        value={finger.value}
        onChoose={(value) => {
          finger.value = value
        }}
      />
      {refused.value !== undefined && <Notice kind="bad">{refused.value}</Notice>}
      <p class="actions">
        <Button type="submit" kind="primary">
          Go on
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </p>
    </form>
  )
}
