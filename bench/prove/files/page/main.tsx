/** The pages' own parts for files, alone on a page, for the proof in a browser: what a room's messages would carry goes
 *  in and out by `window.room`. */
import { signal } from "@preact/signals"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import type { ChatStorage, StoredEntry } from "@sourceprint/protocol/chat/chat-storage.js"
import { type FileDescriptor, fileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { Downloads } from "@sourceprint/serve/web/files/downloads.js"
import { FileBubble } from "@sourceprint/serve/web/files/file-bubble.js"
import { FileDrop, FilePicker } from "@sourceprint/serve/web/files/file-picker.js"
import { fileLink } from "@sourceprint/serve/web/files/open-file-link.js"
import { clearReceived } from "@sourceprint/serve/web/files/received-files.js"
import { UploadList } from "@sourceprint/serve/web/files/upload-list.js"
import { Uploads } from "@sourceprint/serve/web/files/uploads.js"
import { render } from "preact"
import "../../../../src/serve/web/style.css"

/** Storage that outlives a reload of the page, as the chat's does; unsealed, since nothing here is anybody's. */
const storage: ChatStorage = {
  read: (key) => Promise.resolve(bytesOf(localStorage.getItem(key))),
  readRange(prefix, _after, limit) {
    const entries = Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .sort()
      .slice(0, limit)
      .map((key): StoredEntry => ({ key, value: bytesOf(localStorage.getItem(key)) ?? new Uint8Array(0) }))
    return Promise.resolve(entries)
  },
  write(puts, deletes) {
    for (const { key, value } of puts) localStorage.setItem(key, toHex(value))
    for (const key of deletes) localStorage.removeItem(key)
    return Promise.resolve()
  },
}
const bytesOf = (hex: string | null): Uint8Array | undefined => (hex === null ? undefined : fromHex(hex))

/** What a room's messages carry, hex. */
const posted: string[] = []
const shown = signal<readonly FileDescriptor[]>([])

async function open(token: string, room: string): Promise<void> {
  const link = fileLink(fromHex(token))
  const roomId = fromHex(room)
  const downloads = new Downloads(link)
  const uploads = new Uploads({
    link,
    storage,
    post(_room, file) {
      posted.push(toHex(fileDescriptor.encode(file)))
      return Promise.resolve()
    },
    isPosted: (_room, file) => Promise.resolve(posted.includes(toHex(fileDescriptor.encode(file)))),
  })
  await uploads.restore()
  const send = (files: readonly File[]): void => {
    for (const file of files) void uploads.add(roomId, file)
  }
  const Room = () => (
    <FileDrop label="The room" onFiles={send} onPasted={send}>
      <h1>Files</h1>
      {shown.value.map((file) => (
        <FileBubble key={toHex(file.fileId)} file={file} downloads={downloads} own={posted.length > 0} />
      ))}
      <UploadList uploads={uploads} roomId={roomId} />
      <FilePicker onFiles={send} />
    </FileDrop>
  )
  const root = document.getElementById("app")
  if (root !== null) render(<Room />, root)
}

function show(hex: string): void {
  const file = fileDescriptor.decode(fromHex(hex))
  if (file !== undefined) shown.value = [...shown.value, file]
}

Object.assign(window, { room: { open, show, posted, clear: () => clearReceived(0) } })
