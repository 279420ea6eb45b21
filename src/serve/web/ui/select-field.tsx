import { useId } from "preact/hooks"

interface SelectFieldProps {
  readonly label: string
  readonly hint?: string
  readonly choices: readonly { readonly value: string; readonly label: string }[]
  readonly value: string
  onChoose(value: string): void
}

/** One of many short things. */
export function SelectField({ label, hint, choices, value, onChoose }: SelectFieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="input">
        <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      </div>
      {hint && <p class="hint">{hint}</p>}
    </div>
  )
}
