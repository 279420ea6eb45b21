import { Outcome } from "@sourceprint/protocol/message.js"
import type { Step } from "../ui/steps.js"

/** The last step of a proof. A capture that has to be made again is no decision yet.
 *  @param arrived all that the server needs is with it */
export function decisionState(decided: Outcome | undefined, arrived: boolean): Step["state"] {
  if (decided === Outcome.pass) return "good"
  if (decided === Outcome.fail) return "bad"
  return arrived && decided === undefined ? "now" : "waiting"
}
