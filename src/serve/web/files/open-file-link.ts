import type { ReconnectingLink } from "@sourceprint/protocol/files/reconnecting-link.js"
import { resumedFileLink } from "@sourceprint/protocol/files/resumed-file-link.js"
import { openSession } from "../session/open-session.js"

/** The page's connection for files. @param token of the session that is signed in */
export const fileLink = (token: Uint8Array): ReconnectingLink => resumedFileLink(token, openSession)
