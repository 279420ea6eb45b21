import { randomBytes } from "node:crypto"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import { type ChatTransport, systemChatClock } from "@sourceprint/protocol/chat/chat-ports.js"
import { ClientSession } from "@sourceprint/protocol/client-session.js"
import type { FramePort } from "@sourceprint/protocol/frame-port.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { quickStretching } from "@sourceprint/serve/trial/attack-context.js"
import { MemoryDisk } from "../../../test/support/memory-chat-storage.js"
import { pause } from "./chat-servers.js"

type Connect = () => Promise<FramePort>

/** The chat's channel of a connection. */
export const chatTransport = (link: ApplicationLink): ChatTransport => ({
  request: (body) => link.request(Channel.chat, body),
  onEvent: (listener) => link.onEvent(Channel.chat, listener),
  closed: link.closed,
})

const open = async (identity: string, connect: Connect): Promise<ClientSession> => {
  const deps = { crypto: webCrypto, clock: systemClock }
  return ClientSession.open({ ...deps, trusts: (key) => toHex(key) === identity }, await connect())
}

/** A new account, signed in once: the token of its session. */
export async function newToken(identity: string, connect: Connect, name: string): Promise<Uint8Array> {
  const credentials = { name, password: name, stretching: quickStretching }
  const enrolling = await open(identity, connect)
  await enrolling.enrol({ ...credentials, enrolmentId: randomBytes(32), code: "", finger: "none" })
  enrolling.close()
  const session = await open(identity, connect)
  const answer = await session.signIn(credentials)
  session.close()
  if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) {
    throw new Error(`${name} is not let in`)
  }
  return answer.token
}

/** A person with a real chat client, whose connections come back by resume however often they break. */
export class LivePerson {
  readonly disk = new MemoryDisk()
  connections = 0
  readonly problems: string[] = []
  private over = false
  private link: ApplicationLink | undefined
  private running: Promise<void> = Promise.resolve()

  private constructor(
    readonly name: string,
    readonly chat: ChatClient,
    private readonly identity: string,
    private readonly token: Uint8Array,
    private readonly connect: Connect,
  ) {
    chat.subscribe((update) => {
      if (update.type === "problem") this.problems.push(`${name}: ${update.code} ${update.words}`)
    })
  }

  static async begin(
    name: string,
    identity: string,
    token: Uint8Array,
    connect: Connect,
    keyPackages = 32,
  ): Promise<LivePerson> {
    const disk = new MemoryDisk()
    const chat = await ChatClient.open({
      crypto: webCrypto,
      storage: disk.open(),
      clock: systemChatClock,
      serverIdentity: fromHex(identity),
      name,
      keyPackages,
    })
    const person = new LivePerson(name, chat, identity, token, connect)
    person.running = person.stayConnected()
    while (!chat.online) await pause(5)
    return person
  }

  /** The connection breaks, as on a train. */
  cut(): void {
    this.link?.close()
  }

  async end(): Promise<void> {
    this.over = true
    this.cut()
    await this.running
    await this.chat.close()
  }

  private async stayConnected(): Promise<void> {
    while (!this.over) {
      try {
        const session = await open(this.identity, this.connect)
        const answer = await session.resume(this.token)
        if (answer.type !== MessageType.decision || answer.outcome !== Outcome.pass) {
          session.close()
          await pause(50)
          continue
        }
        const link = new ApplicationLink(session)
        this.link = link
        if (this.over) link.close()
        await this.chat.connect(chatTransport(link))
        this.connections++
        await link.closed
      } catch (error) {
        if (!isLoss(error)) this.problems.push(`${this.name}: ${String(error)}`)
        this.link?.close()
        await pause(20)
      }
    }
  }
}

/** The server died, or is not there yet. */
const isLoss = (error: unknown): boolean =>
  error instanceof AppError
    ? ["protocol/closed", "protocol/malformed", "application/closed"].includes(error.code)
    : error instanceof Error && "code" in error && error.code === "ECONNREFUSED"
