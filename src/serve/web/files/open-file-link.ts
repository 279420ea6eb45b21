import { Channel } from "../../../protocol/application/application-frame.js"
import { ApplicationLink } from "../../../protocol/application/application-link.js"
import { type OpenLink, ReconnectingLink } from "../../../protocol/files/reconnecting-link.js"
import { AppError } from "../../../shared/errors.js"
import { resumed } from "../session/live-link.js"

/** Files go over a connection of their own under the same session, so that bulk never delays a message. It is opened with
 *  the first request and again when it breaks. @param token of the session */
export const fileLink = (token: Uint8Array): ReconnectingLink => new ReconnectingLink(() => openLink(token))

async function openLink(token: Uint8Array): Promise<OpenLink> {
  const session = await resumed(token)
  if (session === undefined) throw new AppError("files/session", "the session has ended; sign in again")
  if (typeof session === "number") throw new AppError("application/busy", "the server is busy")
  const link = new ApplicationLink(session)
  return { request: (body) => link.request(Channel.files, body), close: () => link.close() }
}
