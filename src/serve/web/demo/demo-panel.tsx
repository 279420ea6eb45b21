import { useSignal } from "@preact/signals"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import { useEffect } from "preact/hooks"
import { loadServerFacts, serverFacts } from "../session/server-facts.js"
import { ChoiceCards } from "../ui/choice-cards.js"
import { type DemoHand, demoHand, setDemoHand } from "./demo-hand.js"

const HONEST: DemoHand = { finger: "own", unit: "registered" }
const TYPING_MS = 300

/** Beside sign-up and sign-in of a demonstration: whose simulated finger is put on the scanner, and by which unit the
 *  print is taken. The server judges what comes of it as it judges any other. */
export function DemoPanel({ name }: { name: string }) {
  const hand = useSignal<DemoHand>(HONEST)
  const failed = useSignal(false)
  const canonical = canonicalName(name)
  const shown = serverFacts.value?.demo === true
  useEffect(() => void loadServerFacts(), [])
  useEffect(() => {
    if (!shown || canonical === undefined) return
    const timer = setTimeout(() => {
      void demoHand(canonical).then((known) => {
        hand.value = known ?? HONEST
      })
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [shown, canonical])
  if (!shown) return null
  const choose = async (change: Partial<DemoHand>): Promise<void> => {
    if (canonical === undefined) return
    const wanted = { ...hand.value, ...change }
    hand.value = wanted
    const told = await setDemoHand(canonical, wanted)
    failed.value = told === undefined
  }
  return (
    <aside class="card demo" aria-labelledby="demo-title">
      <h2 id="demo-title">Simulated scanner</h2>
      {canonical === undefined ? (
        <p class="hint">Type a name first: every name has a simulated finger of its own.</p>
      ) : (
        <>
          <ChoiceCards
            legend={`The finger on the glass, when ${canonical} is asked to touch`}
            choices={[
              { value: "own", label: `${canonical}'s finger` },
              { value: "other", label: "Somebody else's finger" },
              { value: "none", label: "No finger" },
            ]}
            value={hand.value.finger}
            onChoose={(finger) => void choose({ finger })}
          />
          <ChoiceCards
            legend="The unit that takes the print"
            choices={[
              { value: "registered", label: "The scanner that was asked" },
              { value: "other", label: "Another unit of the same model in its place" },
            ]}
            value={hand.value.unit}
            onChoose={(unit) => void choose({ unit })}
          />
        </>
      )}
      <p class="error" role="alert">
        {failed.value ? "The server did not take this choice." : ""}
      </p>
      <p class="hint">This is a demonstration: no real scanner and no real finger takes part.</p>
    </aside>
  )
}
