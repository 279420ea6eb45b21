import { Channel } from "../application/application-frame.js"
import { resumedLink } from "../application/resumed-link.js"
import type { ClientSession } from "../client-session.js"
import { ReconnectingLink, type ReconnectOptions } from "./reconnecting-link.js"

/** Files go over a connection of their own under the same session, so that bulk never delays a message. It is made with
 *  the first request and again whenever it breaks. A session that has ended gives AppError "client/session".
 *  @param token of the session @param openSession connects and says hello */
export const resumedFileLink = (
  token: Uint8Array,
  openSession: () => Promise<ClientSession>,
  options?: ReconnectOptions,
): ReconnectingLink =>
  new ReconnectingLink(async () => {
    const link = await resumedLink(token, openSession)
    return { request: (body) => link.request(Channel.files, body), close: () => link.close() }
  }, options)
