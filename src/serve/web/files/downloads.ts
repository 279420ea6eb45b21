import { type Signal, signal } from "@preact/signals"
import { toHex } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { FileLink, FileSink } from "@sourceprint/protocol/files/file-ports.js"
import { receiveFile } from "@sourceprint/protocol/files/file-receiver.js"
import { throwIfStopped } from "@sourceprint/protocol/files/reconnecting-link.js"
import { cancelFile } from "@sourceprint/protocol/files/request-file.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { BlobSink } from "./blob-sink.js"
import { fileFailureWords } from "./file-words.js"
import { imagePreview, MAX_PREVIEW_BYTES, type Preview } from "./image-preview.js"
import { OpfsSink } from "./opfs-sink.js"
import { hasPrivateFiles, receivedFile } from "./received-files.js"

/** "whole": here, its hash verified. "withdrawn": its sender, this person, deleted it at the server. */
export type DownloadState = "idle" | "receiving" | "stopped" | "failed" | "whole" | "withdrawn"

export interface Download {
  readonly file: FileDescriptor
  readonly state: Signal<DownloadState>
  readonly doneBytes: Signal<number>
  /** Words for the person. */
  readonly failure: Signal<string | undefined>
  /** Of an image, once it is whole. */
  readonly preview: Signal<Preview | undefined>
}

/** A history full of pictures is fetched a few at a time. */
const AT_ONCE = 3
/** How long the browser may take to copy a saved file before its address is withdrawn. */
const SAVE_MS = 600_000

/** The downloads of this page, one a file whatever bubbles show it. */
export class Downloads {
  private readonly known = new Map<string, Download>()
  private readonly whole = new Map<Download, Blob>()
  private readonly running = new Map<Download, { readonly stop: AbortController; readonly ended: Promise<void> }>()

  private active = 0
  private readonly turns: (() => void)[] = []

  constructor(private readonly link: FileLink) {}

  /** The state of a file; looks whether it is here already. */
  of(file: FileDescriptor): Download {
    const id = toHex(file.fileId)
    const known = this.known.get(id)
    if (known !== undefined) return known
    const download: Download = {
      file,
      state: signal<DownloadState>("idle"),
      doneBytes: signal(0),
      failure: signal(undefined),
      preview: signal(undefined),
    }
    this.known.set(id, download)
    void this.look(download)
    return download
  }

  private async look(download: Download): Promise<void> {
    const there = await receivedFile(download.file.fileId)
    if (there !== undefined && download.state.value === "idle") await this.arrived(download, there)
  }

  /** Begins the download or continues with it; nothing when it is here or on its way. */
  async start(download: Download): Promise<void> {
    if (this.running.has(download) || download.state.value === "whole") return
    const stop = new AbortController()
    const ended = this.run(download, stop.signal)
    this.running.set(download, { stop, ended })
    await ended
    this.running.delete(download)
  }

  private async run(download: Download, stopping: AbortSignal): Promise<void> {
    const { file, state, doneBytes, failure } = download
    failure.value = undefined
    state.value = "receiving"
    await this.turn()
    try {
      throwIfStopped(stopping)
      const sink = await this.sinkOf(file)
      await receiveFile({ crypto: webCrypto, link: this.link }, file, sink, {
        signal: stopping,
        onProgress: (done) => {
          doneBytes.value = done
        },
      })
      const whole = sink instanceof BlobSink ? sink.file : await receivedFile(file.fileId)
      if (whole !== undefined) await this.arrived(download, whole)
    } catch (error) {
      if (hasCode(error, "files/stopped")) state.value = "stopped"
      else {
        failure.value = fileFailureWords(error)
        state.value = "failed"
      }
    } finally {
      const next = this.turns.shift()
      if (next === undefined) this.active--
      else next()
    }
  }

  private turn(): Promise<void> {
    if (this.active < AT_ONCE) {
      this.active++
      return Promise.resolve()
    }
    return new Promise((resolve) => this.turns.push(resolve))
  }

  private async sinkOf({ fileId, sizeBytes }: FileDescriptor): Promise<FileSink> {
    return (await hasPrivateFiles()) ? await OpfsSink.open(fileId, sizeBytes) : new BlobSink(sizeBytes)
  }

  /** Stops for now; what is here stays. */
  stop(download: Download): void {
    this.running.get(download)?.stop.abort()
  }

  /** Deletes the person's own file at the server: who has it keeps it, nobody else gets it. */
  async withdraw(download: Download): Promise<void> {
    this.stop(download)
    try {
      await cancelFile(this.link, download.file.fileId)
      download.failure.value = undefined
      if (download.state.value !== "whole") download.state.value = "withdrawn"
    } catch (error) {
      download.failure.value = fileFailureWords(error)
    }
  }

  private async arrived(download: Download, whole: Blob): Promise<void> {
    this.whole.set(download, whole)
    download.doneBytes.value = download.file.sizeBytes
    download.preview.value = await imagePreview(whole)
    download.state.value = "whole"
  }

  /** True for what is small and calls itself an image: worth fetching without being asked. */
  worthPreview({ type, sizeBytes }: FileDescriptor): boolean {
    return /^image\/(png|jpeg|gif|webp)$/.test(type) && sizeBytes <= MAX_PREVIEW_BYTES / 4
  }

  /** Hands a whole file to the browser's own downloads, under a safe name, as bytes: the page never opens it. */
  save(download: Download): void {
    const whole = this.whole.get(download)
    if (whole === undefined) return
    const url = URL.createObjectURL(new Blob([whole], { type: "application/octet-stream" }))
    const anchor = document.createElement("a")
    anchor.href = url
    anchor.download = safeFileName(download.file.name)
    anchor.click()
    setTimeout(() => URL.revokeObjectURL(url), SAVE_MS)
  }

  /** Stops everything and withdraws the previews; resolves when no file is being written any more. */
  async close(): Promise<void> {
    const running = [...this.running.values()]
    for (const { stop } of running) stop.abort()
    await Promise.all(running.map(({ ended }) => ended))
    for (const { preview } of this.known.values()) {
      if (preview.value !== undefined) URL.revokeObjectURL(preview.value.url)
      preview.value = undefined
    }
    this.known.clear()
    this.whole.clear()
  }
}
