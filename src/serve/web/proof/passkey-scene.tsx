import { useSignal } from "@preact/signals"
import { startAuthentication } from "@simplewebauthn/browser"
import { object, text } from "@sourceprint/protocol/json-form.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"

/** What navigator.credentials.get cannot do without (WebAuthn PublicKeyCredentialRequestOptionsJSON). */
const isRequestOptions = object({ challenge: text })

/** The browser's own dialog asks for the passkey; it wants a press of a button before. */
export function PasskeyScene({ options, answer }: { options: string; answer(answer: string): void }) {
  const busy = useSignal(false)
  const failed = useSignal(false)
  const ask = async (): Promise<void> => {
    busy.value = true
    failed.value = false
    try {
      const optionsJSON: unknown = JSON.parse(options)
      if (!isRequestOptions(optionsJSON)) throw new TypeError("these are no options of a passkey")
      answer(JSON.stringify(await startAuthentication({ optionsJSON })))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      failed.value = true
    } finally {
      busy.value = false
    }
  }
  return (
    <div class="card">
      <p>Your browser, phone or security key confirms that it is you.</p>
      {failed.value && (
        <Notice kind="warn">No passkey was used: it was cancelled, or none for this server is here.</Notice>
      )}
      <Button kind="primary" busy={busy.value} onClick={() => void ask()}>
        Use the passkey
      </Button>
    </div>
  )
}
