import { useSignal } from "@preact/signals"
import { encodeFactorSet, type FactorSet } from "@sourceprint/protocol/factor-set.js"
import { Button } from "../ui/button.js"
import { ChoiceCards } from "../ui/choice-cards.js"
import { factorPolicyTitle, factorPolicyWords } from "./factor-words.js"

interface FactorChoiceProps {
  readonly factorPolicies: readonly FactorSet[]
  readonly legend: string
  /** Several together may be taken: at sign-up, so that each of them works later. */
  readonly several: boolean
  answer(chosen: FactorSet): void
}

const union = (factorPolicies: readonly FactorSet[]): FactorSet => [...new Set(factorPolicies.flat())]

/** Which of the ways that the server accepts. */
export function FactorChoice({ factorPolicies, legend, several, answer }: FactorChoiceProps) {
  const offered = several && factorPolicies.length > 1 ? [...factorPolicies, union(factorPolicies)] : factorPolicies
  const byId = new Map(offered.map((factorPolicy) => [String(encodeFactorSet(factorPolicy)), factorPolicy]))
  const [first = ""] = byId.keys()
  const chosen = useSignal(first)
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        const factorPolicy = byId.get(chosen.value)
        if (factorPolicy !== undefined) answer(factorPolicy)
      }}
    >
      <ChoiceCards
        legend={legend}
        choices={[...byId].map(([value, factorPolicy]) => ({
          value,
          label: factorPolicyTitle(factorPolicy),
          hint: `Beside the password: ${factorPolicyWords(factorPolicy)}.`,
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
