import { useSignal } from "@preact/signals"
import { startRegistration } from "@simplewebauthn/browser"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { TextField } from "../ui/text-field.js"
import { change } from "./account-store.js"

/** A passkey of this computer, a phone or a security key; the browser's own dialog makes it. */
export function AddPasskey({ onDone }: { onDone(): void }) {
  const label = useSignal("")
  const busy = useSignal(false)
  const failed = useSignal<string | undefined>(undefined)
  const add = async (): Promise<void> => {
    busy.value = true
    failed.value = undefined
    try {
      const added = await change(async (account) => {
        const { pubKeyCredParams, ...options } = await account.passkeyOptions()
        const optionsJSON = { ...options, pubKeyCredParams: [...pubKeyCredParams] }
        const answer = await startRegistration({ optionsJSON })
        await account.addPasskey(label.value.trim(), JSON.stringify(answer))
      })
      if (added) onDone()
    } catch (error) {
      if (
        !(error instanceof Error) ||
        (error.name !== "NotAllowedError" &&
          error.name !== "InvalidStateError" &&
          error.name !== "SecurityError" &&
          error.name !== "AbortError")
      )
        throw error
      failed.value =
        error.name === "InvalidStateError"
          ? "This authenticator holds a passkey for you already."
          : "No passkey was made: it was cancelled, or this browser cannot make one at this address."
    } finally {
      busy.value = false
    }
  }
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <TextField
        label="What do you call it?"
        autocomplete="off"
        required
        maxLength={60}
        hint="“Laptop”, “blue key”: to tell it from others later."
        error={failed.value}
        {...boundTo(label)}
      />
      <p class="actions">
        <Button type="submit" kind="primary" busy={busy.value}>
          Make the passkey
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </p>
    </form>
  )
}
