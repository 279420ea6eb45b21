import type { Figure } from "../claim.js"
import { type ChatServers, chatServers, pause } from "./chat-servers.js"
import { LivePerson, newToken } from "./live-person.js"

export interface CrashChatOptions {
  readonly folder: string
  /** SQLite file or postgres://… */
  readonly store: string
  readonly servers: number
  readonly kills: number
  readonly people: number
  /** How long a server lives under load before it is killed, ms, drawn between. */
  readonly lifeMs: readonly [number, number]
  /** Between two messages of one person, ms. */
  readonly pauseMs: number
  logLine(text: string): void
}

/** Who has so many messages waiting for a server writes no more until one is back. */
const PATIENT_WITH = 30

/** Nothing has come for so long: what is missing will not come. */
const STUCK_MS = 60_000

interface Room {
  readonly roomId: string
  readonly members: readonly LivePerson[]
  readonly sent: Set<string>
}

/** Servers are killed by -9 while people write to two rooms and two of them add and remove a guest; then every member's
 *  history is compared with what was sent and with the others'. */
export async function crashChat(options: CrashChatOptions): Promise<Figure[]> {
  const { folder, store, kills, people: count, lifeMs, pauseMs, logLine } = options
  const servers = await chatServers(folder, store, options.servers)
  const everybody: LivePerson[] = []
  try {
    for (let i = 0; i <= count; i++) everybody.push(await join(servers, i, i === count ? "guest" : `person-${i}`))
    const people = everybody.slice(0, count)
    const guest = everybody[count]
    const rooms = await openRooms(people)
    let over = false
    const senders = people.map((person, i) =>
      keepOn(
        () => over,
        async (n) => {
          const room = rooms[(n + i) % rooms.length]
          if (!room.members.includes(person)) return
          if (person.chat.outbox(room.roomId).length > PATIENT_WITH) return pause(pauseMs)
          const text = `${person.name} says ${n}`
          await person.chat.sendText(room.roomId, text)
          room.sent.add(text)
          await pause(Math.random() * 2 * pauseMs)
        },
      ),
    )
    let membershipTasks = 0
    const committers = people.slice(0, 2).map((person, i) =>
      keepOn(
        () => over,
        async (n) => {
          await pause(20 * pauseMs)
          membershipTasks++
          if ((n + i) % 2 === 0) await person.chat.addMember(rooms[0].roomId, guest.name)
          else await person.chat.removeMember(rooms[0].roomId, guest.chat.self.accountId)
        },
      ),
    )
    for (let kill = 0; kill < kills; kill++) {
      await pause(lifeMs[0] + Math.random() * (lifeMs[1] - lifeMs[0]))
      const victim = kill % options.servers
      await servers.kill(victim)
      if (options.servers > 1) await pause(lifeMs[0] / 2) // its clients are at the others meanwhile
      await servers.start(victim)
      if (kill % 5 === 4) logLine(`${kill + 1} kills, ${rooms.reduce((sum, { sent }) => sum + sent.size, 0)} messages`)
    }
    over = true
    await Promise.all([...senders, ...committers])
    const waitedMs = await caughtUp(rooms)
    const problems = everybody.flatMap((person) => person.problems)
    for (const problem of problems.slice(0, 5)) logLine(problem)
    return [
      { name: "kills", value: kills, unit: "", bound: { is: "at least", value: kills } },
      ...(await compare(rooms)),
      ...(await guestSaw(rooms[0], guest)),
      {
        name: "connections that broke and came back",
        value: everybody.reduce((sum, { connections }) => sum + connections, 0) - everybody.length,
        unit: "",
        bound: { is: "at least", value: kills },
      },
      { name: "changes of members asked for", value: membershipTasks, unit: "" },
      { name: "until all had everything after the last kill", value: waitedMs / 1000, unit: "s" },
      { name: "problems reported by clients", value: problems.length, unit: "", note: problems[0] ?? "" },
    ]
  } finally {
    await Promise.allSettled(everybody.map((person) => person.end()))
    await servers.killAll()
  }
}

async function join(servers: ChatServers, index: number, name: string): Promise<LivePerson> {
  const connect = () => servers.connect(index % servers.alive.length)
  const { identity } = servers
  return LivePerson.begin(name, identity, await newToken(identity, connect, name), connect)
}

/** One of all, one of the first half. */
async function openRooms(people: readonly LivePerson[]): Promise<Room[]> {
  const rooms: Room[] = []
  for (const [i, members] of [people, people.slice(0, Math.ceil(people.length / 2))].entries()) {
    const names = members.slice(1).map(({ name }) => name)
    const roomId = await members[0].chat.createRoom(`room ${i}`, names)
    while (members.some(({ chat }) => chat.room(roomId)?.status !== "active")) await pause(10)
    rooms.push({ roomId, members, sent: new Set() })
  }
  return rooms
}

async function keepOn(isOver: () => boolean, turn: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; !isOver(); n++) await turn(n)
}

const textsOf = async (person: LivePerson, roomId: string): Promise<{ seq: number; text: string }[]> =>
  (await person.chat.history(roomId, { limit: 1_000_000 })).flatMap(({ seq, body }) =>
    body.type === "text" ? [{ seq, text: body.text }] : [],
  )

/** Until nobody has anything left to send or to fetch, or nothing moves any more: the comparison then says what is
 *  missing. @returns ms */
async function caughtUp(rooms: readonly Room[]): Promise<number> {
  const beganMs = performance.now()
  const histories = rooms.flatMap(({ roomId, members, sent }) =>
    members.map((person) => ({ person, roomId, want: sent.size, have: 0 })),
  )
  let best = 0
  let movedMs = beganMs
  for (;;) {
    const lookedMs = performance.now()
    for (const one of histories) {
      if (one.have < one.want) one.have = (await textsOf(one.person, one.roomId)).length
    }
    const have = histories.reduce((sum, one) => sum + one.have, 0)
    const nowMs = performance.now()
    if (have > best) {
      best = have
      movedMs = nowMs
    }
    if (histories.every((one) => one.have >= one.want) || nowMs - movedMs > STUCK_MS) return nowMs - beganMs
    await pause(Math.max(100, 3 * (nowMs - lookedMs))) // the clients have work to do meanwhile
  }
}

async function compare(rooms: readonly Room[]): Promise<Figure[]> {
  let sent = 0
  let lost = 0
  let doubled = 0
  let strange = 0
  let misordered = 0
  for (const room of rooms) {
    sent += room.sent.size
    const histories = await Promise.all(room.members.map((person) => textsOf(person, room.roomId)))
    for (const history of histories) {
      const texts = history.map(({ text }) => text)
      const seen = new Set(texts)
      doubled += texts.length - seen.size
      lost += [...room.sent].filter((text) => !seen.has(text)).length
      strange += [...seen].filter((text) => !room.sent.has(text)).length
      if (JSON.stringify(history) !== JSON.stringify(histories[0])) misordered++
    }
    for (const person of room.members) {
      const own = histories[0].map(({ text }) => text).filter((text) => text.startsWith(`${person.name} says`))
      const numbers = own.map((text) => Number(text.split(" ").at(-1)))
      if (numbers.some((n, i) => i > 0 && n < numbers[i - 1])) misordered++
    }
  }
  const none = { is: "exactly", value: 0 } as const
  const members = rooms.reduce((sum, room) => sum + room.members.length, 0)
  return [
    { name: "messages sent", value: sent, unit: "", bound: { is: "at least", value: 1 } },
    { name: "of them lost at a member", value: lost, unit: "", bound: none, note: `${members} histories` },
    { name: "doubled at a member", value: doubled, unit: "", bound: none },
    { name: "that nobody sent", value: strange, unit: "", bound: none },
    { name: "histories in another order or numbering", value: misordered, unit: "", bound: none },
  ]
}

/** What the guest got, they got once and in the room's order. */
async function guestSaw(room: Room, guest: LivePerson): Promise<Figure[]> {
  const all = (await textsOf(room.members[0], room.roomId)).map(({ text }) => text)
  const theirs = guest.chat.room(room.roomId) === undefined ? [] : await textsOf(guest, room.roomId)
  const places = theirs.map(({ text }) => all.indexOf(text))
  const wrong = places.filter((place, i) => place === -1 || (i > 0 && place <= places[i - 1])).length
  return [
    {
      name: "messages out of order or unknown at the guest",
      value: wrong,
      unit: "",
      bound: { is: "exactly", value: 0 },
      note: `${theirs.length} seen, between being added and removed`,
    },
  ]
}
