import { useSignal } from "@preact/signals"
import type { FactorLine } from "@sourceprint/protocol/account/account-messages.js"
import { Button } from "../ui/button.js"
import { dateWords } from "../ui/date-words.js"
import { Dialog } from "../ui/dialog.js"
import { accountFailure, change } from "./account-store.js"

const kinds: Record<FactorLine["kind"], string> = { finger: "Finger", face: "Face", passkey: "Passkey" }

const titleOf = ({ kind, label }: FactorLine): string =>
  kind === "face" || label === "" ? kinds[kind] : `${kinds[kind]}: ${label.replaceAll("-", " ")}`

/** What the person signs in with beside the password; each may go while enough is left. */
export function FactorList({ factors, fresh }: { factors: readonly FactorLine[]; fresh: boolean }) {
  const leaving = useSignal<FactorLine | undefined>(undefined)
  const close = (): void => {
    leaving.value = undefined
  }
  const remove = async (): Promise<void> => {
    const line = leaving.value
    if (line !== undefined && (await change((account) => account.removeFactor(line.id)))) close()
  }
  if (factors.length === 0) return <p class="hint">Nothing beside the password yet.</p>
  return (
    <>
      <ul class="items">
        {factors.map((line) => (
          <li key={line.id}>
            <span>
              {titleOf(line)}
              <span class="hint"> since {dateWords(line.createdAtMs)}</span>
            </span>
            <Button
              kind="quiet"
              disabled={!fresh}
              aria-label={`Remove ${titleOf(line)}`}
              onClick={() => {
                leaving.value = line
              }}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Dialog
        title={leaving.value === undefined ? "" : `Remove ${titleOf(leaving.value)}?`}
        open={leaving.value !== undefined}
        onClose={close}
      >
        <p>You will not be able to sign in with it any more. The server deletes what it keeps of it.</p>
        {accountFailure.value !== undefined && (
          <p class="error" role="alert">
            {accountFailure.value}
          </p>
        )}
        <div class="actions">
          <Button kind="danger" onClick={() => void remove()}>
            Remove
          </Button>
          <Button onClick={close}>Keep it</Button>
        </div>
      </Dialog>
    </>
  )
}
