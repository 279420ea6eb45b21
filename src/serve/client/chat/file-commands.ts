import { AppError } from "@sourceprint/core/errors.js"
import type { ChatClient } from "@sourceprint/protocol/chat/chat-client.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { downloadFile, type TerminalFilesDeps, uploadFile } from "./terminal-files.js"

export interface FileCommandsDeps {
  readonly client: ChatClient
  readonly files: Omit<TerminalFilesDeps, "logLine">
  /** Where `/get` puts files unless told. */
  readonly downloadFolder: string
  print(text: string): void
  /** Says what went wrong in `work`. */
  guarded(work: () => Promise<void>): Promise<void>
  /** True on a terminal: transfers run beside what is typed. A script's come one after the other. */
  readonly inBackground: boolean
}

const FILES_LOOKED_AT = 1000

/** `/send`, `/files` and `/get`. */
export class FileCommands {
  private listed: readonly FileDescriptor[] = []
  private readonly running = new Set<Promise<void>>()
  private readonly stopping = new AbortController()

  constructor(private readonly deps: FileCommandsDeps) {}

  /** Resolves when no transfer is on its way. */
  async settled(): Promise<void> {
    await Promise.all(this.running)
  }

  stop(): void {
    this.stopping.abort()
  }

  send(roomId: string, path: string): Promise<void> | void {
    return this.transfer(path, async () => {
      const { file, posted } = await uploadFile(this.fileDeps, roomId, path, this.stopping.signal)
      await this.deps.client.sendFile(roomId, file)
      await posted()
    })
  }

  async list(roomId: string): Promise<void> {
    const entries = await this.deps.client.history(roomId, { limit: FILES_LOOKED_AT })
    const files = entries.flatMap(({ body, sender }) =>
      body.type === "file" ? [{ file: body.file, from: sender.name }] : [],
    )
    this.listed = files.map(({ file }) => file)
    if (files.length === 0) this.deps.print("no files in this conversation")
    files.forEach(({ file, from }, n) => {
      this.deps.print(`${n + 1} ${safeFileName(file.name)}, ${file.sizeBytes} bytes, from ${from}`)
    })
  }

  /** @param rest the number of a file in the list, and a folder unless it is the usual one */
  get(rest: string): Promise<void> | void {
    const [number = "", ...folder] = rest.split(" ")
    const file = this.listed[Number(number) - 1]
    if (file === undefined) throw new AppError("chat/command", "which file? /files lists them with their numbers")
    const into = folder.join(" ").trim() || this.deps.downloadFolder
    return this.transfer(file.name, async () => {
      const path = await downloadFile(this.fileDeps, file, into, this.stopping.signal)
      this.deps.print(`* fetched ${path}, verified`)
    })
  }

  private get fileDeps(): TerminalFilesDeps {
    return { ...this.deps.files, logLine: (text) => this.deps.print(`* ${text}`) }
  }

  private transfer(name: string, work: () => Promise<void>): Promise<void> | void {
    const running = this.deps.guarded(work)
    if (!this.deps.inBackground) return running
    this.deps.print(`* ${name} is on its way`)
    this.running.add(running)
    void running.finally(() => this.running.delete(running))
  }
}
