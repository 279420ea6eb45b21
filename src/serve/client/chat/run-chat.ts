import { createHash } from "node:crypto"
import { join } from "node:path"
import { systemClock } from "@sourceprint/core/clock.js"
import { nameKey } from "@sourceprint/protocol/account-name.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { resumedLink } from "@sourceprint/protocol/application/resumed-link.js"
import { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import { systemChatClock } from "@sourceprint/protocol/chat/chat-ports.js"
import { type ClientDeps, ClientSession } from "@sourceprint/protocol/client-session.js"
import { resumedFileLink } from "@sourceprint/protocol/files/resumed-file-link.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ChatTerminal } from "./chat-terminal.js"
import { openFileChatStorage } from "./file-chat-storage.js"
import { followLink } from "./follow-link.js"
import type { LineScreen } from "./line-screen.js"

export interface ResumeContext {
  readonly deps: ClientDeps
  connect(): Promise<FramePort>
  /** Of the pass that the session began with. 32 bytes */
  readonly token: Uint8Array
}

export interface ChatRun {
  readonly context: ResumeContext
  readonly screen: LineScreen
  /** The pinned key of the server, 32 bytes. */
  readonly serverIdentity: Uint8Array
  /** The account's canonical name. */
  readonly name: string
  /** The client's state; the chat gets a folder in it for this server and account. */
  readonly stateFolder: string
  readonly downloadFolder: string
}

/** A name for the folder that tells nothing of whose chat is in it. */
const folderOf = (identity: Uint8Array, name: string): string =>
  createHash("sha256").update(identity).update(nameKey(name)).digest("hex").slice(0, 32)

/** The chat in the terminal, from the pass of a sign-in to the end of input.
 *  @returns false when a command could not be done
 *  @throws AppError "chat/storage/…", "client/session" when the session ended */
export async function runChat(run: ChatRun): Promise<boolean> {
  const { context, screen, serverIdentity, name } = run
  const storage = await openFileChatStorage(join(run.stateFolder, "chat", folderOf(serverIdentity, name)))
  const stop = new AbortController()
  const openSession = async () => ClientSession.open(context.deps, await context.connect())
  const link = resumedFileLink(context.token, openSession)
  try {
    const ports = { crypto: webCrypto, storage, clock: systemChatClock }
    const client = await ChatClient.open({ ...ports, serverIdentity, name })
    const files = { link, storage, clock: systemClock }
    const terminal = new ChatTerminal({ client, screen, files, downloadFolder: run.downloadFolder })
    let connected = (): void => {}
    const firstConnection = new Promise<void>((resolve) => {
      connected = resolve
    })
    const following = followLink(
      () => resumedLink(context.token, openSession),
      async (opened) => {
        await client.connect({
          request: (body) => opened.request(Channel.chat, body),
          onEvent: (listener) => opened.onEvent(Channel.chat, listener),
          closed: opened.closed,
        })
        connected()
      },
      () => connected(), // without a server the terminal shows what it has
      stop.signal,
    )
    // A session that has ended ends the chat; nothing else makes `following` settle before `stop`.
    following.catch(() => screen.close())
    await Promise.race([firstConnection, following])
    await terminal.run()
    stop.abort()
    await following
    await client.close()
    return !terminal.failed
  } finally {
    stop.abort()
    link.close()
    screen.close()
    storage.close()
  }
}
