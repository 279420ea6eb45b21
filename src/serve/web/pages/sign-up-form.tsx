import { useSignal } from "@preact/signals"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import type { ServerFacts } from "@sourceprint/protocol/server-facts.js"
import type { NewPerson } from "../proof/sign-up.js"
import { fingerChoices } from "../session/fingers.js"
import { nameNote, newNameFault } from "../session/name-words.js"
import { MIN_PASSWORD_LENGTH, passwordStrength } from "../session/password-strength.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { Notice } from "../ui/notice.js"
import { PasswordField } from "../ui/password-field.js"
import { SelectField } from "../ui/select-field.js"
import { TextField } from "../ui/text-field.js"
import { signUpDraft } from "./sign-up-draft.js"

interface SignUpFormProps {
  readonly facts: ServerFacts | undefined
  /** Who was sent before a refusal. */
  readonly before: NewPerson | undefined
  readonly refused: string | undefined
  onReady(person: NewPerson): Promise<void>
}

/** Name, password and code; each rule is said where it is broken, as one types. */
export function SignUpForm({ facts, before, refused, onReady }: SignUpFormProps) {
  const { name, password, again, code, finger } = signUpDraft
  const tried = useSignal(false)
  const strength = passwordStrength(password.value, name.value)
  const differs = again.value !== password.value && (tried.value || again.value !== "")

  const submit = (): void => {
    const canonical = canonicalName(name.value)
    tried.value = true
    if (canonical === undefined || strength.level === 0 || again.value !== password.value) return
    const person = {
      name: canonical,
      password: password.value,
      code: code.value.trim(),
      finger: finger.value,
    }
    // The same person once more: where only the answer was lost, the server says that the account is made.
    const same = before !== undefined && JSON.stringify({ ...before, ...person }) === JSON.stringify(before)
    const enrolmentId = same ? before.enrolmentId : crypto.getRandomValues(new Uint8Array(32))
    void onReady({ ...person, enrolmentId })
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <TextField
        label="Name"
        name="username"
        autocomplete="username"
        spellcheck={false}
        required
        hint={nameNote(name.value) ?? "Others see it. Any language, up to 64 characters; capitals make no difference."}
        error={newNameFault(name.value)}
        {...boundTo(name)}
      />
      <PasswordField
        label="Password"
        autocomplete="new-password"
        required
        error={tried.value && strength.level === 0 ? strength.words : undefined}
        hint={
          <>
            <meter
              class="strength"
              aria-label="Strength of the password"
              min={0}
              low={2}
              high={3}
              optimum={4}
              max={4}
              value={strength.level}
            />
            {strength.words}
          </>
        }
        minLength={MIN_PASSWORD_LENGTH}
        {...boundTo(password)}
      />
      <PasswordField
        label="Password again"
        autocomplete="new-password"
        required
        error={differs ? "The two passwords differ." : undefined}
        {...boundTo(again)}
      />
      {facts?.enrolment === "code" && (
        <TextField
          label="Enrolment code"
          required
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          hint="From the operator of this server; good for one account. Spaces and dashes do not matter."
          {...boundTo(code)}
        />
      )}
      {facts?.factors.includes("finger") && (
        <SelectField
          label="Which finger"
          hint="Of those who enrol a finger: always sign in with this one."
          choices={fingerChoices}
          value={finger.value}
          onChoose={(value) => {
            finger.value = value
          }}
        />
      )}
      {refused !== undefined && <Notice kind="bad">{refused}</Notice>}
      <Button type="submit" kind="primary" disabled={facts === undefined}>
        Sign up
      </Button>
    </form>
  )
}
