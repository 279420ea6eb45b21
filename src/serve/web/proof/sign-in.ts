import { knownBrowser, rememberBrowser } from "../session/known-browser.js"
import { openSession } from "../session/open-session.js"
import { startSession } from "../session/session-store.js"
import type { ProofStage } from "./proof-scene.js"
import { type ProofEnd, proveFactors } from "./prove-factors.js"

/** Runs a sign-in through the scenes of `stage`; after a pass the session is entered.
 *  @throws AppError as `openSession`, and "protocol/password" */
export async function runSignIn(
  person: { readonly name: string; readonly password: string },
  stage: ProofStage,
  keepIn: "tab" | "browser",
): Promise<ProofEnd> {
  stage.working("Connecting…")
  const session = await openSession(() => stage.lost())
  let entered = false
  const closeIfLeft = (): void => {
    if (!entered) session.close()
  }
  stage.signal.addEventListener("abort", closeIfLeft, { once: true })
  if (stage.signal.aborted) session.close()
  try {
    stage.working("Checking the password…")
    const shown = await knownBrowser(person.name)
    const ended = await proveFactors(session, () => session.signIn({ ...person, knownBrowser: shown }), stage)
    if (ended.end === "passed") {
      const { token, expiresAtMs } = ended.decision
      entered = true
      await rememberBrowser(person.name, token)
      await stage.settled()
      await startSession({ name: person.name, token, expiresAtMs }, session, keepIn)
    } else await stage.settled()
    return ended
  } finally {
    closeIfLeft()
  }
}
