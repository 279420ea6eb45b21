import { toHex } from "@sourceprint/core/bytes.js"
import { connectTo, pause } from "./chat-servers.js"
import { LivePerson } from "./live-person.js"

/** What the parent asks for and is told, over the channel of a forked process. */
export interface LoadTask {
  readonly port: number
  readonly identity: string
  /** Each room's members, by name and token (hex). */
  readonly rooms: readonly (readonly { readonly name: string; readonly token: string }[])[]
}
export interface LoadGo {
  readonly perSecond: number
  readonly forMs: number
}
export interface LoadResult {
  readonly sent: number
  /** From the call of `sendText` to the stored message at another member, ms. */
  readonly deliveriesMs: readonly number[]
  readonly cpuMs: number
  readonly problems: readonly string[]
}

/** After the last message. */
const LAST_MS = 60_000
/** Key packages of a client: enough to be added to one room. */
const PACKAGES = 2

interface Room {
  readonly roomId: string
  readonly members: readonly LivePerson[]
}

async function openRoom(task: LoadTask, people: LoadTask["rooms"][number], index: number): Promise<Room> {
  const members: LivePerson[] = []
  for (const { name, token } of people) {
    const connect = () => connectTo(task.port)
    members.push(await LivePerson.begin(name, task.identity, Buffer.from(token, "hex"), connect, PACKAGES))
  }
  const [creator, ...others] = members
  const names = others.map(({ name }) => name)
  const roomId = await creator.chat.createRoom(`room ${index}`, names)
  while (members.some(({ chat }) => chat.room(roomId)?.status !== "active")) await pause(10)
  return { roomId, members }
}

async function talk(rooms: readonly Room[], { perSecond, forMs }: LoadGo): Promise<LoadResult> {
  const sentAt = new Map<string, number>()
  const deliveriesMs: number[] = []
  for (const { members } of rooms) {
    for (const { chat } of members) {
      chat.subscribe((update) => {
        if (update.type !== "entry" || update.entry.body.type !== "text") return
        const { text } = update.entry.body
        const at = sentAt.get(text)
        if (at !== undefined && update.entry.sender.clientId !== chat.self.clientId)
          deliveriesMs.push(performance.now() - at)
      })
    }
  }
  const cpuBefore = process.cpuUsage()
  const beganMs = performance.now()
  const sending: Promise<unknown>[] = []
  let expected = 0
  for (let n = 0; performance.now() - beganMs < forMs; n++) {
    // By the clock and not by pauses: a late message is not the next one's delay.
    const dueMs = beganMs + (n * 1000) / perSecond
    await pause(Math.max(0, dueMs - performance.now()))
    const { roomId, members } = rooms[n % rooms.length]
    const text = `${toHex(crypto.getRandomValues(new Uint8Array(8)))} ${"lorem ipsum ".repeat(n % 12)}`.trim()
    sentAt.set(text, performance.now())
    expected += members.length - 1
    sending.push(members[Math.floor(n / rooms.length) % members.length].chat.sendText(roomId, text))
  }
  await Promise.all(sending)
  for (const lastMs = performance.now(); deliveriesMs.length < expected; await pause(20)) {
    if (performance.now() - lastMs > LAST_MS) break
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const problems = rooms.flatMap(({ members }) => members.flatMap((person) => person.problems))
  return { sent: sentAt.size, deliveriesMs, cpuMs: (user + system) / 1000, problems: problems.slice(0, 5) }
}

let rooms: Room[] = []
process.on("message", (message: LoadTask | LoadGo | "end") => {
  const work = async (): Promise<void> => {
    if (message === "end") {
      await Promise.all(rooms.flatMap(({ members }) => members.map((person) => person.end())))
      process.disconnect?.()
    } else if ("rooms" in message) {
      rooms = await Promise.all(message.rooms.map((people, i) => openRoom(message, people, i)))
      process.send?.("ready")
    } else process.send?.(await talk(rooms, message))
  }
  work().catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
