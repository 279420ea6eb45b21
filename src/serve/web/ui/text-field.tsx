import type { ComponentChildren } from "preact"
import { useId } from "preact/hooks"

export interface TextFieldProps {
  readonly label: string
  readonly value: string
  onText(value: string): void
  /** Said always, below the field. */
  readonly hint?: ComponentChildren
  /** What is wrong with the value, and the cure. */
  readonly error?: string | undefined
  /** Beside the input: a button that shows the password. */
  readonly trailing?: ComponentChildren
  readonly type?: "text" | "password"
  readonly name?: string
  /** Tells password managers what belongs here. */
  readonly autocomplete?: "username" | "current-password" | "new-password" | "one-time-code" | "off"
  readonly autocapitalize?: "off"
  readonly spellcheck?: boolean
  readonly required?: boolean
  readonly disabled?: boolean
  readonly minLength?: number
  readonly maxLength?: number
}

export function TextField({ label, value, onText, hint, error, trailing, type, ...input }: TextFieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ")
  return (
    <div class={`field${error === undefined ? "" : " wrong"}`}>
      <label for={id}>{label}</label>
      <div class="input">
        <input
          {...input}
          {...(type === "password" ? { type } : { type: "text" })}
          id={id}
          value={value}
          onInput={(event) => onText(event.currentTarget.value)}
          aria-invalid={error !== undefined}
          {...(described === "" ? {} : { "aria-describedby": described })}
        />
        {trailing}
      </div>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="error" id={`${id}-error`} role="alert">
        {error}
      </p>
    </div>
  )
}
