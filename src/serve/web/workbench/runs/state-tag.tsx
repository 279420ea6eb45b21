import type { RunRow } from "@sourceprint/core/workbench/workbench-data.js"
import { stateMood } from "../value-words.js"

/** The state of a run in a word, and how far it is while it is not finished. */
export const StateTag = ({ state, finished, failed, jobs }: RunRow) => (
  <>
    <span class={`tag ${stateMood(state)}`}>{state}</span>{" "}
    {state !== "finished" && (
      <span class="hint">
        {finished} of {jobs} jobs{failed > 0 && `, ${failed} failed`}
      </span>
    )}
  </>
)
