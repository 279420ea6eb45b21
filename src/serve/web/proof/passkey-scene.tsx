import { useSignal } from "@preact/signals"
import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from "@simplewebauthn/browser"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"

/** The browser's own dialog asks for the passkey; it wants a press of a button before. */
export function PasskeyScene({ options, answer }: { options: string; answer(answer: string): void }) {
  const busy = useSignal(false)
  const failed = useSignal(false)
  const ask = async (): Promise<void> => {
    busy.value = true
    failed.value = false
    try {
      const optionsJSON = JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON
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
