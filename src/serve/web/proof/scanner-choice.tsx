import { useSignal } from "@preact/signals"
import { Purpose, remainingWords, Unable } from "@sourceprint/protocol/scanner-progress.js"
import type { ScannersMessage } from "@sourceprint/protocol/session-step.js"
import { Button } from "../ui/button.js"
import { ChoiceCards } from "../ui/choice-cards.js"
import { Notice } from "../ui/notice.js"
import type { TouchReport } from "./proof-scene.js"

const unableWords: Record<Unable, string> = {
  [Unable.noFinger]: "No finger came in time. Choose the scanner again and touch it within the time.",
  [Unable.noScanner]: "The scanner did not answer its computer. Check its cable, or choose another one.",
  [Unable.declined]: "The touch was declined at the scanner.",
  [Unable.unlinked]: "The scanner's computer has left. Choose another one, or wait until it is back.",
}

const purposes = { "sign-in": Purpose.signIn, "sign-up": Purpose.signUp } as const

interface ScannerChoiceProps {
  readonly offered: ScannersMessage
  readonly purpose: "sign-in" | "sign-up"
  readonly again: boolean
  readonly last: TouchReport | undefined
  answer(scannerId: string): void
}

/** Which linked scanner takes the touch. Before the first touch, after one that was not accepted, and between
 *  touches. */
export function ScannerChoice({ offered, purpose, again, last, answer }: ScannerChoiceProps) {
  const { scanners, remaining } = offered
  const usual = last?.touch?.scannerId
  const chosen = useSignal(scanners.some(({ scannerId }) => scannerId === usual) ? usual : scanners[0]?.scannerId)
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen.value !== undefined) answer(chosen.value)
      }}
    >
      {last?.unable !== undefined && <Notice kind="warn">{unableWords[last.unable.reason]}</Notice>}
      {again && last?.unable === undefined && last !== undefined && (
        <Notice kind="info">
          Lift the finger, then touch once more: {remainingWords(purposes[purpose], remaining)}.
        </Notice>
      )}
      {scanners.length === 0 ? (
        <Notice kind="warn" title="No scanner is connected to this server">
          <p>Start the scanner's program beside the scanner, then try again.</p>
        </Notice>
      ) : (
        <ChoiceCards
          legend="Which scanner is in front of you?"
          choices={scanners.map(({ scannerId, words, busy }) => ({
            value: scannerId,
            label: words === "" ? scannerId : words,
            hint: busy ? `${scannerId}, in use: you would wait in line` : scannerId,
          }))}
          value={chosen.value}
          onChoose={(value) => {
            chosen.value = value
          }}
        />
      )}
      <Button type="submit" kind="primary" disabled={chosen.value === undefined}>
        {again ? "Touch again" : "Use this scanner"}
      </Button>
    </form>
  )
}
