import { randomBytes } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Figure } from "../claim.js"
import { chatServers, connectTo, pause } from "./chat-servers.js"
import { LivePerson, newToken } from "./live-person.js"
import { tapOn } from "./tap.js"

const SCRIPTS = ["latin", "кириллица", "日本語", "العربية", "emoji 🪴"] as const

/** A text as it might lie somewhere: plain, in UTF-16, in hex, in base64 at each of its three alignments. */
function disguises(text: string): Buffer[] {
  const bytes = Buffer.from(text)
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64")
    return shifted.slice(Math.ceil((shift * 8) / 6) + (shift > 0 ? 1 : 0), -4)
  })
  return [
    bytes,
    Buffer.from(text, "utf16le"),
    Buffer.from(bytes.toString("hex")),
    Buffer.from(bytes.toString("hex").toUpperCase()),
    ...base64.map((part) => Buffer.from(part)),
    ...base64.map((part) => Buffer.from(part.replaceAll("+", "-").replaceAll("/", "_"))),
  ]
}

export const findings = (haystack: Buffer, texts: readonly string[]): number =>
  texts.flatMap(disguises).filter((needle) => haystack.includes(needle)).length

async function everyFile(folder: string): Promise<Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name))))
}

/** People talk through a tapped wire: messages in several scripts, a room's name and its new name, a file's name. Then
 *  the server is killed and whatever it left on the disk is searched, and everything that went over the wire.
 *  @param dataFolder where the database keeps its files, if not in `folder` */
export async function plantedText(folder: string, store: string, dataFolder?: string): Promise<Figure[]> {
  const servers = await chatServers(folder, store, 1)
  const tap = await tapOn(servers.alive[0]?.port ?? 0)
  const people: LivePerson[] = []
  const mark = (what: string): string => `planted ${what} ${randomBytes(6).toString("hex")}`
  const messages = SCRIPTS.map(mark)
  const planted = { roomName: mark("room"), newName: mark("new name"), fileName: `${mark("file")}.pdf` }
  const accountName = mark("person")
  try {
    const connect = () => connectTo(tap.port)
    for (const name of [accountName, "ben", "cy"]) {
      const token = await newToken(servers.identity, connect, name)
      people.push(await LivePerson.begin(name, servers.identity, token, connect))
    }
    const [ada, ben, cy] = people
    const roomId = await ada.chat.createRoom(planted.roomName, ["ben", "cy"])
    const came = async (holds: (person: LivePerson) => boolean | Promise<boolean>): Promise<void> => {
      for (const person of people) while (!(await holds(person))) await pause(10)
    }
    await came(({ chat }) => chat.room(roomId)?.status === "active")
    cy.cut() // so that some items wait in the store
    for (const [i, text] of messages.entries()) await people[i % 2].chat.sendText(roomId, text)
    await ada.chat.rename(roomId, planted.newName)
    await ben.chat.sendFile(roomId, {
      fileId: randomBytes(16),
      key: randomBytes(32),
      name: planted.fileName,
      type: "application/pdf",
      sizeBytes: 1,
      sha256: randomBytes(32),
    })
    const count = async ({ chat }: LivePerson): Promise<number> =>
      (await chat.history(roomId)).filter(({ body }) => body.type === "text" || body.type === "file").length
    await came(async (person) => (await count(person)) === messages.length + 1)
    await came(({ chat }) => chat.room(roomId)?.title === planted.newName)
    await cy.end()
    await ada.chat.sendText(roomId, messages[0]) // nobody fetches this one: it stays where it is
    while (ada.chat.outbox(roomId).length > 0) await pause(10)
  } finally {
    await Promise.allSettled(people.map((person) => person.end()))
    await servers.killAll()
    await tap.close()
  }
  const folders = dataFolder === undefined ? [folder] : [folder, dataFolder]
  const disk = Buffer.concat((await Promise.all(folders.map(everyFile))).flat())
  const wire = tap.traffic()
  const texts = [...messages, ...Object.values(planted)]
  const none = { is: "exactly", value: 0 } as const
  const some = { is: "at least", value: 1 } as const
  const hidden = `${texts.length} texts, each plain, in UTF-16, hex and base64`
  return [
    {
      name: "planted texts on the server's disk",
      value: findings(disk, texts),
      unit: "",
      bound: none,
      note: hidden,
    },
    { name: "planted texts on the wire", value: findings(wire, texts), unit: "", bound: none, note: hidden },
    {
      name: "the search finds what the server may know on its disk: an account's name",
      value: findings(disk, [accountName]),
      unit: "",
      bound: some,
    },
    {
      name: "the search finds what is open on the wire: the server's identity",
      value: wire.includes(Buffer.from(servers.identity, "hex")) ? 1 : 0,
      unit: "",
      bound: some,
    },
    { name: "searched on the disk", value: disk.length / 2 ** 20, unit: "MB" },
    { name: "searched on the wire", value: wire.length / 2 ** 20, unit: "MB" },
  ]
}
