import { AppError } from "@sourceprint/core/errors.js"
import type { ClientSession } from "../client-session.js"
import { MessageType, Outcome } from "../message.js"
import { ApplicationLink } from "./application-link.js"

/** A fresh connection under the session of `token`. @param openSession connects and says hello
 *  @throws AppError "client/session" when the server does not know the session any more, "application/busy",
 *  "client/unreachable", "protocol/…" */
export async function resumedLink(
  token: Uint8Array,
  openSession: () => Promise<ClientSession>,
): Promise<ApplicationLink> {
  const session = await openSession()
  try {
    const answer = await session.resume(token)
    if (answer.type === MessageType.busy) throw new AppError("application/busy", "the server is busy")
    if (answer.outcome !== Outcome.pass) {
      throw new AppError("client/session", "the session has ended; sign in again and continue")
    }
    return new ApplicationLink(session)
  } catch (error) {
    session.close()
    throw error
  }
}
