import { useSignal } from "@preact/signals"
import { TextField, type TextFieldProps } from "./text-field.js"

/** A password that may be looked at. `autocomplete` tells the browser's password manager which one it is. */
export function PasswordField(props: Omit<TextFieldProps, "type" | "trailing">) {
  const shown = useSignal(false)
  return (
    <TextField
      {...props}
      type={shown.value ? "text" : "password"}
      autocapitalize="off"
      spellcheck={false}
      trailing={
        <button
          type="button"
          class="reveal"
          aria-pressed={shown.value}
          aria-label={`Show ${props.label.toLowerCase()}`}
          onClick={() => {
            shown.value = !shown.value
          }}
        >
          {shown.value ? "Hide" : "Show"}
        </button>
      }
    />
  )
}
