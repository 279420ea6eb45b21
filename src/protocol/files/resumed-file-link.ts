import { AppError } from "@sourceprint/core/errors.js"
import { Channel } from "../application/application-frame.js"
import { ApplicationLink } from "../application/application-link.js"
import type { ClientSession } from "../client-session.js"
import { MessageType, Outcome } from "../message.js"
import { type OpenLink, ReconnectingLink, type ReconnectOptions } from "./reconnecting-link.js"

/** Files go over a connection of their own under the same session, so that bulk never delays a message. It is made with
 *  the first request and again whenever it breaks. A session that has ended gives AppError "files/session".
 *  @param token of the session @param openSession connects and says hello */
export const resumedFileLink = (
  token: Uint8Array,
  openSession: () => Promise<ClientSession>,
  options?: ReconnectOptions,
): ReconnectingLink => new ReconnectingLink(() => openLink(token, openSession), options)

async function openLink(token: Uint8Array, openSession: () => Promise<ClientSession>): Promise<OpenLink> {
  const session = await openSession()
  try {
    const answer = await session.resume(token)
    if (answer.type === MessageType.busy) throw new AppError("application/busy", "the server is busy")
    if (answer.outcome !== Outcome.pass) {
      throw new AppError("files/session", "the session has ended; sign in again and go on")
    }
  } catch (error) {
    session.close()
    throw error
  }
  const link = new ApplicationLink(session)
  return { request: (body) => link.request(Channel.files, body), close: () => link.close() }
}
