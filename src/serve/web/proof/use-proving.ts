import { type Signal, useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import { enterStep } from "../router.js"
import { failureWords } from "../session/failure-words.js"
import { ProofStage } from "./proof-scene.js"

export interface Proving {
  /** Where the proof stands; undefined while there is none. */
  readonly stage: Signal<ProofStage | undefined>
  /** Why the last one let nobody in, for the person. */
  readonly refused: Signal<string | undefined>
  /** Runs a proof. @param work resolves with what to say, undefined after a pass */
  prove(work: (stage: ProofStage) => Promise<string | undefined>): Promise<void>
}

/** One proof at a time on a page, left when the page is. */
export function useProving(): Proving {
  const stage = useSignal<ProofStage | undefined>(undefined)
  const refused = useSignal<string | undefined>(undefined)
  useEffect(() => () => stage.peek()?.leave(), [])
  return {
    stage,
    refused,
    async prove(work) {
      const mine = new ProofStage()
      stage.value = mine
      const stepEnds = enterStep(() => mine.leave()) // Back leads to what was typed
      refused.value = undefined
      try {
        const words = await work(mine)
        if (words !== undefined) refused.value = words
      } catch (error) {
        if (!mine.signal.aborted) refused.value = failureWords(error)
      } finally {
        stepEnds()
        if (stage.peek() === mine) stage.value = undefined
      }
    },
  }
}
