import { useId } from "preact/hooks"

export interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

interface ChoiceCardsProps<Value extends string> {
  readonly legend: string
  readonly choices: readonly Choice<Value>[]
  readonly value: Value | undefined
  onChoose(value: Value): void
}

/** One of a few, each with a word of explanation: radio buttons that look like cards. */
export function ChoiceCards<Value extends string>({ legend, choices, value, onChoose }: ChoiceCardsProps<Value>) {
  const name = useId()
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} class="choice">
          <input type="radio" name={name} checked={choice.value === value} onChange={() => onChoose(choice.value)} />
          <span>
            <span class="choice-label">{choice.label}</span>
            {choice.hint && <span class="hint">{choice.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
