import { useSignal } from "@preact/signals"
import { encodeFactorSet, type FactorSet } from "@sourceprint/protocol/factor-set.js"
import { Button } from "../ui/button.js"
import { ChoiceCards } from "../ui/choice-cards.js"
import { wayTitle, wayWords } from "./factor-words.js"

interface FactorChoiceProps {
  readonly ways: readonly FactorSet[]
  readonly legend: string
  /** Several together may be taken: at sign-up, so that each of them works later. */
  readonly several: boolean
  answer(chosen: FactorSet): void
}

const union = (ways: readonly FactorSet[]): FactorSet => [...new Set(ways.flat())]

/** Which of the ways that the server accepts. */
export function FactorChoice({ ways, legend, several, answer }: FactorChoiceProps) {
  const offered = several && ways.length > 1 ? [...ways, union(ways)] : ways
  const byId = new Map(offered.map((way) => [String(encodeFactorSet(way)), way]))
  const [first = ""] = byId.keys()
  const chosen = useSignal(first)
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        const way = byId.get(chosen.value)
        if (way !== undefined) answer(way)
      }}
    >
      <ChoiceCards
        legend={legend}
        choices={[...byId].map(([value, way]) => ({
          value,
          label: wayTitle(way),
          hint: `Beside the password: ${wayWords(way)}.`,
        }))}
        value={chosen.value}
        onChoose={(value) => {
          chosen.value = value
        }}
      />
      <Button type="submit" kind="primary">
        Go on
      </Button>
    </form>
  )
}
