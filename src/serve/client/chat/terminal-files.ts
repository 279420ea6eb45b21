import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import type { Clock } from "@sourceprint/core/clock.js"
import type { ChatStorage } from "@sourceprint/protocol/chat/chat-storage.js"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import type { FileLink } from "@sourceprint/protocol/files/file-ports.js"
import { receiveFile } from "@sourceprint/protocol/files/file-receiver.js"
import { sendFile } from "@sourceprint/protocol/files/file-sender.js"
import { isSameFile, newUpload, type UploadRecord, uploadRecord } from "@sourceprint/protocol/files/upload-record.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { NodeFileSink } from "../files/node-file-sink.js"
import { NodeFileSource } from "../files/node-file-source.js"

export interface TerminalFilesDeps {
  readonly link: FileLink
  /** Keeps unfinished uploads, so that the same file sent again continues where it stopped. */
  readonly storage: ChatStorage
  readonly clock: Clock
  logLine(text: string): void
}

const PREFIX = "upload/"
const LOG_LINE_EVERY_MS = 5_000
const MOST_KEPT = 100

/** A word every few seconds on how far a transfer has come. */
function teller({ clock, logLine }: TerminalFilesDeps, what: string, sizeBytes: number) {
  let saidMs = clock.monotonicMs()
  return (doneBytes: number): void => {
    const nowMs = clock.monotonicMs()
    if (nowMs - saidMs < LOG_LINE_EVERY_MS) return
    saidMs = nowMs
    logLine(`${what}: ${Math.floor((100 * doneBytes) / Math.max(1, sizeBytes))} % of ${sizeBytes} bytes`)
  }
}

/** An upload of this file to this room that was interrupted, or a new one. */
async function recordOf(storage: ChatStorage, roomId: Uint8Array, source: NodeFileSource): Promise<UploadRecord> {
  for (const { value } of await storage.readRange(PREFIX, undefined, MOST_KEPT)) {
    const record = uploadRecord.decode(value)
    if (record !== undefined && toHex(record.roomId) === toHex(roomId) && isSameFile(record, source)) return record
  }
  const record = newUpload(webCrypto, source, roomId)
  await storage.write([{ key: PREFIX + toHex(record.fileId), value: uploadRecord.encode(record) }], [])
  return record
}

/** Uploads a file for a room. @returns what to post @throws AppError "files/…", "application/refused/…" */
export async function uploadFile(
  deps: TerminalFilesDeps,
  roomId: string,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly file: FileDescriptor; posted(): Promise<void> }> {
  const { link, storage } = deps
  const source = await NodeFileSource.open(path)
  try {
    const record = await recordOf(storage, fromHex(roomId), source)
    const onProgress = teller(deps, `sending ${source.name}`, source.sizeBytes)
    const file = await sendFile({ crypto: webCrypto, link }, source, record, { signal, onProgress })
    return { file, posted: () => storage.write([], [PREFIX + toHex(record.fileId)]) }
  } finally {
    await source.close()
  }
}

/** Fetches a file into a folder, verified. @returns its path @throws AppError "files/…" */
export async function downloadFile(
  deps: TerminalFilesDeps,
  file: FileDescriptor,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const sink = await NodeFileSink.open(folder, file)
  const onProgress = teller(deps, `fetching ${file.name}`, file.sizeBytes)
  await receiveFile({ crypto: webCrypto, link: deps.link }, file, sink, { signal, onProgress })
  return sink.path ?? folder
}
