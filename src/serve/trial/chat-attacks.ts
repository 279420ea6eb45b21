import { toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { ApplicationLink } from "@sourceprint/protocol/application/application-link.js"
import { type ChatAnswer, type ChatRequest, chatAnswer, chatRequest } from "@sourceprint/protocol/chat/wire.js"
import { Outcome } from "@sourceprint/protocol/message.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Attack, AttackTarget, Bounds } from "./attack.js"

const ROOM_BYTES = 2 ** 20
const ACCOUNT_BYTES = 1.5 * 2 ** 20
/** What commits may have on top of a quota. docs/protocol.md, Chat */
const WITH_COMMITS = 1.25
const MESSAGE_BYTES = 60_000
const COMMIT_BYTES = 120_000

const { policy, chat } = ServeConfig.parse({
  policy: { enrolment: "open", factors: ["password"] },
  chat: {
    waitingBytesPerRoom: ROOM_BYTES,
    waitingBytesPerAccount: ACCOUNT_BYTES,
    minimumFreeBytes: 0,
    postsPerSecond: 10_000,
    postBurst: 100_000,
  },
})
const bounds: Bounds = { config: { policy, chat } }

/** Somebody with one client in the chat. What is sealed is nothing: the server cannot tell. */
async function member(target: AttackTarget, name: string) {
  const person = await target.enrol(name)
  const session = await target.session()
  const answer = await session.signIn({ ...person, stretching: target.stretching })
  if (answer.type !== "decision" || answer.outcome !== Outcome.pass) throw new Error(`${name} could not sign in`)
  const link = new ApplicationLink(session)
  const random = (sizeBytes: number): Uint8Array => target.deps.crypto.randomBytes(sizeBytes)
  const id = (): string => toHex(random(16))
  const clientId = id()
  const ask = async (request: ChatRequest): Promise<ChatAnswer["type"]> => {
    try {
      return chatAnswer.decode(await link.request(Channel.chat, chatRequest.encode(request)))?.type ?? "done"
    } catch (error) {
      if (error instanceof AppError && error.code === "application/refused/full") return "stale"
      throw error
    }
  }
  await ask({ type: "register", clientId, signatureKey: random(32) })
  return {
    clientId,
    close: () => link.close(),
    createRoom: async (): Promise<string> => {
      const roomId = id()
      await ask({ type: "createRoom", roomId, kind: "room" })
      return roomId
    },
    async post(roomId: string, epoch: number): Promise<boolean> {
      const bytes = new Uint8Array(MESSAGE_BYTES)
      return (await ask({ type: "post", roomId, epoch, id: id(), bytes })) === "accepted"
    },
    async commit(roomId: string, epoch: number, added: string[], removed: string[]): Promise<boolean> {
      const commit = new Uint8Array(added.length + removed.length === 0 ? COMMIT_BYTES : 1000)
      const welcome = new Uint8Array(added.length === 0 ? 0 : 1000)
      return (await ask({ type: "commit", roomId, epoch, id: id(), commit, welcome, added, removed })) === "accepted"
    },
  }
}
type Member = Awaited<ReturnType<typeof member>>

/** Sends until it is refused. @returns the epoch that the room is in then, and bytes that were taken */
async function fill(by: Member, roomId: string, epoch: number, as: "messages" | "commits") {
  let bytes = 0
  if (as === "messages") {
    while (await by.post(roomId, epoch)) bytes += MESSAGE_BYTES
    return { epoch, bytes }
  }
  let now = epoch
  for (; await by.commit(roomId, now, [], []); now++) bytes += COMMIT_BYTES
  return { epoch: now, bytes }
}

const fillsRoom: Attack = {
  id: "fills-a-room",
  title: "a member fills a room of which one device reads nothing: the others cannot write, or not remove the member",
  alone: true,
  bounds,
  async run(target, attempt) {
    const [ada, ben, silent] = await threeOf(target, `room ${attempt}`)
    const roomId = await ada.createRoom()
    await ada.commit(roomId, 0, [ben.clientId, silent.clientId], [])
    const { epoch } = await fill(ben, roomId, 1, attempt % 2 === 0 ? "messages" : "commits")
    const wrote = await ada.post(roomId, epoch)
    const removed = await ada.commit(roomId, epoch, [], [ben.clientId])
    const wroteAfter = await ada.post(roomId, epoch + 1)
    for (const { close } of [ada, ben, silent]) close()
    return !(wrote && removed && wroteAfter)
  },
}

const fillsDisk: Attack = {
  id: "fills-the-disk",
  title: "an account fills many rooms with what nobody reads: more waits than its quota",
  alone: true,
  bounds,
  async run(target, attempt) {
    const [mallory, ben, silent] = await threeOf(target, `disk ${attempt}`)
    let waiting = 0
    for (let room = 0; room < 4; room++) {
      const roomId = await mallory.createRoom()
      if (!(await mallory.commit(roomId, 0, [silent.clientId], []))) break
      const messages = await fill(mallory, roomId, 1, "messages")
      waiting += messages.bytes + (await fill(mallory, roomId, messages.epoch, "commits")).bytes
    }
    for (const { close } of [mallory, ben, silent]) close()
    return waiting > WITH_COMMITS * ACCOUNT_BYTES
  },
}

const threeOf = async (target: AttackTarget, of: string): Promise<[Member, Member, Member]> => [
  await member(target, `First of ${of}`),
  await member(target, `Second of ${of}`),
  await member(target, `Third of ${of}`),
]

/** What a person who is signed in does to others by way of the chat's store. */
export const chatAttacks: readonly Attack[] = [fillsRoom, fillsDisk]
