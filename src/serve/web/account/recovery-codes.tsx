import { useSignal } from "@preact/signals"
import { Button } from "../ui/button.js"
import { CheckBox } from "../ui/check-box.js"
import { Notice } from "../ui/notice.js"
import { toast } from "../ui/toasts.js"
import { ask, loadOverview } from "./account-store.js"

const fileText = (name: string, codes: readonly string[]): string =>
  `Recovery codes of ${name} at ${location.host}\nEach works once, in place of a finger, a face or a ` +
  `passkey.\n\n${codes.join("\n")}\n`

function download(text: string): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }))
  link.download = "sourceprint-recovery-codes.txt"
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}

/** Codes for the day when scanner or camera is not there: shown once, then only how many are left. */
export function RecoveryCodes({ name, left, fresh }: { name: string; left: number; fresh: boolean }) {
  const codes = useSignal<readonly string[] | undefined>(undefined)
  const kept = useSignal(false)
  const busy = useSignal(false)
  /** The answer did not come: there may be new codes that nobody has seen. */
  const unsure = useSignal(false)
  const make = async (): Promise<void> => {
    busy.value = true
    codes.value = await ask((account) => account.newRecoveryCodes())
    unsure.value = codes.value === undefined
    kept.value = false
    busy.value = false
  }
  const copy = async (all: readonly string[]): Promise<void> => {
    try {
      await navigator.clipboard.writeText(fileText(name, all))
      toast("The codes are in the clipboard.")
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      toast("This browser did not allow copying: select the codes and copy them, or save the file.")
    }
  }
  const done = async (): Promise<void> => {
    codes.value = undefined
    await loadOverview()
  }
  if (codes.value === undefined)
    return (
      <>
        <p>
          {left === 0
            ? "You have no recovery codes. Without them a lost finger, face or passkey locks you out."
            : `${left} ${left === 1 ? "code is" : "codes are"} left. New codes make the old ones void.`}
        </p>
        {unsure.value && (
          <Notice kind="warn">No codes came. Those that you have may be void now: make new ones to be sure.</Notice>
        )}
        <p class="actions">
          <Button
            kind={left === 0 ? "primary" : "plain"}
            busy={busy.value}
            disabled={!fresh}
            onClick={() => void make()}
          >
            {left === 0 ? "Get recovery codes" : "Make new codes"}
          </Button>
        </p>
      </>
    )
  const all = codes.value
  return (
    <>
      <Notice kind="warn" title="Keep these now: they are not shown again">
        <p>Print them, or put them into a password manager. Each works once, with your password.</p>
      </Notice>
      <ol class="codes" aria-label="Recovery codes">
        {all.map((code) => (
          <li key={code} class="mono">
            {code}
          </li>
        ))}
      </ol>
      <p class="actions">
        <Button onClick={() => void copy(all)}>Copy</Button>
        <Button onClick={() => download(fileText(name, all))}>Save as a file</Button>
      </p>
      <CheckBox
        label="I have kept them"
        checked={kept.value}
        onChange={(checked) => {
          kept.value = checked
        }}
      />
      <p class="actions">
        <Button kind="primary" disabled={!kept.value} onClick={() => void done()}>
          Done
        </Button>
      </p>
    </>
  )
}
