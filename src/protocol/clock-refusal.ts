import { Outcome } from "./message.js"
import type { DecisionMessage } from "./session-step.js"

/** The server's time, ms since 1970, in a refusal that is about this peer's clock; undefined for any other decision.
 *  Such a refusal comes before anything is proven but the device, and carries that time where a pass has its expiry. */
export const clockRefusedAt = ({ outcome, expiresAtMs }: DecisionMessage): number | undefined =>
  outcome === Outcome.fail && expiresAtMs > 0 ? expiresAtMs : undefined

/** What a person is told whose clock was refused. @param ownMs, serverMs ms since 1970 at about the same moment */
export function clockWords(ownMs: number, serverMs: number): string {
  const minutes = Math.round(Math.abs(ownMs - serverMs) / 60_000)
  const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`
  return (
    `This computer's clock shows ${time(ownMs)}, the server's ${time(serverMs)}: they are ${minutes} min apart. ` +
    "Set the wrong one and try again (a computer without a clock of its own, such as a Raspberry Pi, must fetch " +
    "the time)"
  )
}
