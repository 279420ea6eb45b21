import { useSignal } from "@preact/signals"
import { MIN_PASSWORD_LENGTH, passwordStrength } from "../session/password-strength.js"
import { workerPasswordProof } from "../session/worker-password-proof.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { CheckBox } from "../ui/check-box.js"
import { PasswordField } from "../ui/password-field.js"
import { toast } from "../ui/toasts.js"
import { accountFailure, change } from "./account-store.js"

/** The present password, the new one twice, and whether whoever is signed in elsewhere stays so. */
export function ChangePassword({ name, fresh }: { name: string; fresh: boolean }) {
  const open = useSignal(false)
  const password = useSignal("")
  const newPassword = useSignal("")
  const again = useSignal("")
  const endOthers = useSignal(true)
  const tried = useSignal(false)
  const busy = useSignal(false)
  const close = (): void => {
    for (const typed of [password, newPassword, again]) typed.value = ""
    open.value = false
    tried.value = false
    accountFailure.value = undefined
  }
  const strength = passwordStrength(newPassword.value, name)
  const differs = again.value !== newPassword.value && (tried.value || again.value !== "")
  const submit = async (): Promise<void> => {
    tried.value = true
    if (strength.level === 0 || again.value !== newPassword.value) return
    busy.value = true
    const done = await change((account) =>
      account.changePassword(workerPasswordProof, {
        name,
        password: password.value,
        newPassword: newPassword.value,
        endOthers: endOthers.value,
      }),
    )
    busy.value = false
    if (!done) return
    close()
    toast(endOthers.value ? "The password is changed; all other sessions have ended." : "The password is changed.")
  }
  if (!open.value)
    return (
      <p class="actions">
        <Button
          disabled={!fresh}
          onClick={() => {
            open.value = true
          }}
        >
          Change the password
        </Button>
      </p>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <PasswordField label="Present password" autocomplete="current-password" required {...boundTo(password)} />
      <PasswordField
        label="New password"
        autocomplete="new-password"
        required
        minLength={MIN_PASSWORD_LENGTH}
        hint={strength.words}
        error={tried.value && strength.level === 0 ? strength.words : undefined}
        {...boundTo(newPassword)}
      />
      <PasswordField
        label="New password again"
        autocomplete="new-password"
        required
        error={differs ? "The two passwords differ." : undefined}
        {...boundTo(again)}
      />
      <CheckBox
        label="Sign out everywhere else"
        hint="Every other page and program that is signed in to this account needs the new password then."
        checked={endOthers.value}
        onChange={(checked) => {
          endOthers.value = checked
        }}
      />
      {accountFailure.value !== undefined && (
        <p class="error" role="alert">
          {accountFailure.value}
        </p>
      )}
      <p class="actions">
        <Button type="submit" kind="primary" busy={busy.value}>
          Change it
        </Button>
        <Button onClick={close}>Cancel</Button>
      </p>
    </form>
  )
}
