import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { ProofStage } from "../proof/proof-scene.js"
import { ProofView } from "../proof/proof-view.js"
import { proveFactors } from "../proof/prove-factors.js"
import { failureWords } from "../session/failure-words.js"
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
  const stage = useSignal<ProofStage | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  useEffect(() => () => stage.peek()?.leave(), [])

  const add = async (): Promise<void> => {
    const token = signedIn.value?.token
    if (token === undefined) return
    const mine = new ProofStage()
    stage.value = mine
    failed.value = undefined
    try {
      const session = await resumed(token, () => mine.lost())
      if (session === undefined || typeof session === "number") {
        failed.value = "The server does not take it now. Sign in again, or try in a minute."
        return
      }
      mine.signal.addEventListener("abort", () => session.close(), { once: true })
      const ended = await proveFactors(session, () => session.addFinger(finger.value), mine)
      await mine.settled()
      session.close()
      if (ended.end === "passed") {
        toast("The finger is enrolled.")
        await loadOverview()
        onDone()
      } else
        failed.value =
          "The touches were not good enough, or not of one finger. Nothing was stored: try again."
    } catch (error) {
      if (!mine.signal.aborted) failed.value = failureWords(error)
    } finally {
      if (stage.peek() === mine) stage.value = undefined
    }
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
        void add()
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
      {failed.value !== undefined && <Notice kind="bad">{failed.value}</Notice>}
      <p class="actions">
        <Button type="submit" kind="primary">
          Go on
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </p>
    </form>
  )
}
