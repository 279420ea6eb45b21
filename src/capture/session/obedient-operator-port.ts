import type { Hands } from "../fingerprint/twin/device/hands.js"
import type { OperatorPort } from "../session.js"
import type { ActionQueue } from "./action-queue.js"

/** An operator made of code: has the finger placed that is asked for, lifted when told, agrees to what is asked, and
 *  keeps what the gate still refuses after the plan's attempts. A refused touch is followed by another placement of the
 *  same finger. For twins only. @param session which session of the units' life it is, from 0 */
export function obedientOperatorPort(hands: Hands, actions: ActionQueue, session = 0): OperatorPort {
  return {
    take: () => actions.take(),
    show: (event) => {
      if (event.kind === "place") {
        const { subject, finger, scanner, impression } = event.step
        const touch = impression - 1 + 1000 * event.refused
        hands.place({ finger: `${subject}/${finger}`, unit: scanner, session, impression: touch })
      } else if (event.kind === "lift") hands.lift(event.step.scanner)
      else if (event.kind === "consent") actions.push({ do: "consent", given: true })
      else if (event.kind === "refused" && event.decide) actions.push({ do: "keep" })
    },
  }
}
