import { AppError, messageOf } from "@sourceprint/core/errors.js"
import type { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import type { ChatUpdate } from "@sourceprint/protocol/chat/chat-update.js"
import type { MemberView, RoomView } from "@sourceprint/protocol/chat/chat-view.js"
import type { ChatEntry } from "@sourceprint/protocol/chat/room/room-record.js"
import { roomMarks } from "@sourceprint/protocol/chat/view/name-marks.js"
import { helpLines, parseCommand, type WorkCommand } from "./chat-command.js"
import { entryLines, memberLines, roomLine, roomName } from "./chat-lines.js"
import { FileCommands, type FileCommandsDeps } from "./file-commands.js"
import type { LineScreen } from "./line-screen.js"
import { PrintedLines } from "./printed-lines.js"

export interface ChatTerminalDeps extends Pick<FileCommandsDeps, "client" | "files" | "downloadFolder"> {
  readonly screen: LineScreen
  /** How long `/wait` waits, and `/quit` for what is not sent yet. */
  readonly patienceMs?: number
}

const SHOWN_AT_JOIN = 15
const SHOWN_HISTORY = 50

const wrong = (words: string): AppError => new AppError("chat/command", words)

/** The chat in lines: what is typed is said in the current conversation, `/commands` do the rest. */
export class ChatTerminal {
  private current: string | undefined
  private listed: readonly RoomView[] = []
  private readonly printed = new PrintedLines()
  private readonly files: FileCommands
  /** A command could not be done. */
  failed = false

  constructor(private readonly deps: ChatTerminalDeps) {
    this.files = new FileCommands({
      ...deps,
      inBackground: deps.screen.interactive,
      print: (text) => this.print(text),
      guarded: (work) => this.guarded(work),
    })
  }

  private get client(): ChatClient {
    return this.deps.client
  }

  /** Works until `/quit` or the end of input; what was said is then given some time to be sent. */
  async run(): Promise<void> {
    const { screen } = this.deps
    const stop = this.client.subscribe((update) => this.take(update))
    try {
      this.print(`${this.client.self.name}: /help lists the commands`)
      this.listRooms()
      this.prompt()
      for await (const line of screen.lines()) {
        const command = parseCommand(line)
        if (command === undefined) continue
        if (command.command === "quit") break
        await this.guarded(async () => {
          if (command.command === "unknown") throw wrong(`there is no ${command.text}; see /help`)
          if (command.command === "message") await this.client.sendText(this.room().roomId, command.text)
          else await this.does[command.command](command.rest)
        })
        this.prompt()
      }
      await this.files.settled()
      await this.sent()
    } finally {
      this.files.stop()
      stop()
    }
  }

  private async guarded(work: () => Promise<void> | void): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.failed = true
      this.print(`! ${messageOf(error)}`)
    }
  }

  private print(text: string): void {
    this.deps.screen.print(text)
    if (!this.deps.screen.interactive) this.printed.add(text)
  }

  private prompt(): void {
    const room = this.current === undefined ? undefined : this.client.room(this.current)
    this.deps.screen.setPrompt(room === undefined ? "" : roomName(room))
  }

  private take(update: ChatUpdate): void {
    switch (update.type) {
      case "entry":
      case "changed":
        this.takeEntry(update.roomId, update.entry, update.type === "changed")
        return
      case "connection":
        this.print(update.online ? "* connected" : "* no connection; what you say waits here")
        return
      case "problem":
        this.failed = true
        this.print(`! ${update.words}`)
        return
      case "room":
      case "outbox":
      case "typing":
      case "presence":
        return
    }
  }

  private takeEntry(roomId: string, entry: ChatEntry, changed: boolean): void {
    const room = this.client.room(roomId)
    if (room === undefined) return
    const { self } = this.client
    const typedHere = !changed && entry.sender.clientId === self.clientId && entry.body.type === "text"
    if (!typedHere || !this.deps.screen.interactive) {
      for (const line of entryLines(entry, room, self.accountId, this.nowMs)) this.print(line)
    }
    if (roomId === this.current && !changed) void this.client.markRead(roomId, entry.seq)
  }

  private get nowMs(): number {
    return this.deps.files.clock.nowMs()
  }

  private room(): RoomView {
    const room = this.current === undefined ? undefined : this.client.room(this.current)
    if (room === undefined) throw wrong("go to a conversation first: /join, /new or /dm")
    return room
  }

  private member(name: string): MemberView {
    const members = this.client.members(this.room().roomId)
    const wanted = name.toLocaleLowerCase()
    const found = members.find((member) => member.name.toLocaleLowerCase() === wanted)
    if (found === undefined) throw wrong(`there is no ${name || "such person"} in ${roomName(this.room())}`)
    return found
  }

  private listRooms(): void {
    this.listed = this.client.rooms()
    if (this.listed.length === 0) this.print("no conversations yet: /new makes a room, /dm talks to a person")
    const marks = roomMarks(this.listed)
    this.listed.forEach((room, n) => {
      this.print(roomLine(room, n + 1, room.roomId === this.current, marks.get(room.roomId)))
    })
  }

  private async go(roomId: string): Promise<void> {
    this.current = roomId
    const mark = roomMarks(this.client.rooms()).get(roomId)
    if (mark !== undefined) this.print(`! the name of this conversation ${mark}; /members says who is in it`)
    await this.client.markRead(roomId, await this.showHistory(SHOWN_AT_JOIN))
  }

  /** @returns the seq of the last item shown, 0 where there is none */
  private async showHistory(limit: number): Promise<number> {
    const room = this.room()
    const entries = await this.client.history(room.roomId, { limit })
    for (const entry of entries) {
      for (const line of entryLines(entry, room, this.client.self.accountId, this.nowMs)) this.print(line)
    }
    return entries.at(-1)?.seq ?? 0
  }

  private readonly does: Record<WorkCommand, (rest: string) => Promise<void> | void> = {
    rooms: () => this.listRooms(),
    join: (rest) => {
      const wanted = rest.toLocaleLowerCase()
      const byName = this.client.rooms().find((room) => roomName(room).toLocaleLowerCase() === wanted)
      const found = this.listed[Number(rest) - 1] ?? byName
      if (found === undefined) throw wrong(`there is no conversation ${rest}; /rooms lists them`)
      return this.go(found.roomId)
    },
    new: async (rest) => this.go(await this.client.createRoom(rest)),
    dm: async (rest) => this.go(await this.client.openDirect(rest)),
    people: async (rest) => {
      const names = await this.client.directory(rest)
      this.print(names.length === 0 ? "no name begins like this" : names.join("\n"))
    },
    invite: (rest) => this.client.addMember(this.room().roomId, rest),
    remove: (rest) => this.client.removeMember(this.room().roomId, this.member(rest).accountId),
    leave: () => this.client.leave(this.room().roomId),
    members: () => {
      for (const line of memberLines(this.client.members(this.room().roomId), this.nowMs)) this.print(line)
    },
    verify: (rest) => this.verify(rest),
    history: async (rest) => {
      await this.showHistory(Number(rest) > 0 ? Math.floor(Number(rest)) : SHOWN_HISTORY)
    },
    search: async (rest) => {
      const found = await this.client.search(rest)
      if (found.length === 0) this.print("nothing found on this device")
      for (const { roomId, entry } of found.reverse()) {
        const room = this.client.room(roomId)
        if (room === undefined) continue
        for (const line of entryLines(entry, room, this.client.self.accountId, this.nowMs)) this.print(line)
      }
    },
    send: (rest) => this.files.send(this.room().roomId, rest),
    files: () => this.files.list(this.room().roomId),
    get: (rest) => this.files.get(rest),
    wait: (rest) => this.printed.waitFor(rest, this.patienceMs),
    help: () => {
      for (const line of helpLines()) this.print(line)
    },
  }

  private async verify(rest: string): Promise<void> {
    const [, name = rest, same] = /^(.*?)\s+(same)$/u.exec(rest) ?? []
    const { roomId } = this.room()
    const { accountId, name: theirs } = this.member(name)
    if (same !== undefined) await this.client.confirmSafety(roomId, accountId)
    const { number, compared } = await this.client.safety(roomId, accountId)
    this.print(`safety number with ${theirs}: ${number}`)
    if (compared === "same") this.print("* compared, and the same since")
    if (compared === "changed") this.print("! keys changed since it was compared: compare again")
    if (compared === "never") this.print(`* read it to each other by another way, then: /verify ${theirs} same`)
  }

  private get patienceMs(): number {
    return this.deps.patienceMs ?? 60_000
  }

  /** Waits until the server has taken what was said, for a while. */
  private async sent(): Promise<void> {
    const waiting = (): number => this.client.rooms().reduce((sum, room) => sum + room.waiting, 0)
    if (waiting() === 0) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        stop()
        resolve()
      }
      const timer = setTimeout(done, Math.min(10_000, this.patienceMs))
      const stop = this.client.subscribe(() => {
        if (waiting() === 0) done()
      })
    })
    if (waiting() > 0) this.print(`* ${waiting()} messages wait here and are sent the next time`)
  }
}
