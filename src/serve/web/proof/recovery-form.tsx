import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { TextField } from "../ui/text-field.js"

/** In place of the factor that is asked: one of the codes that were kept at sign-up. */
export function RecoveryForm({ answer }: { answer(code: string): void }) {
  const open = useSignal(false)
  const code = useSignal("")
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector("input")?.focus(), [open.value])
  if (!open.value)
    return (
      <p class="aside">
        <Button
          kind="quiet"
          onClick={() => {
            open.value = true
          }}
        >
          Use a recovery code instead
        </Button>
      </p>
    )
  return (
    <form
      ref={form}
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        answer(code.value.trim())
      }}
    >
      <TextField
        label="Recovery code"
        autocomplete="one-time-code"
        autocapitalize="off"
        spellcheck={false}
        required
        maxLength={64}
        hint="Each code works once."
        {...boundTo(code)}
      />
      <Button type="submit" kind="primary">
        Use this code
      </Button>
    </form>
  )
}
