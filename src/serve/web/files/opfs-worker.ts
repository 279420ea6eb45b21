import pLimit from "p-limit"
/** One received file in the browser's private file system, written in place on this worker: only workers get the handle
 *  that does so. Runs the calls in their order. */
export type OpfsCall =
  | { readonly op: "open"; readonly folder: string; readonly name: string }
  | { readonly op: "read"; readonly offset: number; readonly sizeBytes: number }
  | { readonly op: "truncate"; readonly sizeBytes: number }
  | { readonly op: "append"; readonly bytes: Uint8Array }
  | { readonly op: "flush" | "close" }

export type OpfsReply =
  | { readonly id: number; readonly result: number | Uint8Array }
  | { readonly id: number; readonly fault: string; readonly full: boolean }

/** As the File System standard has it (WHATWG, 2.6); TypeScript knows it in its library for workers alone, which does
 *  not go together with the one for pages. */
interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number
  write(from: Uint8Array, options: { at: number }): number
  truncate(sizeBytes: number): void
  getSize(): number
  flush(): void
  close(): void
}
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> }

let file: SyncAccessHandle | undefined

function opened(): SyncAccessHandle {
  if (file === undefined) throw new TypeError("the file is not open")
  return file
}

async function run(call: OpfsCall): Promise<number | Uint8Array> {
  switch (call.op) {
    case "open": {
      const root = await navigator.storage.getDirectory()
      const folder = await root.getDirectoryHandle(call.folder, { create: true })
      const handle = await folder.getFileHandle(call.name, { create: true })
      file = await (handle as WorkerFileHandle).createSyncAccessHandle()
      return file.getSize()
    }
    case "read": {
      const bytes = new Uint8Array(call.sizeBytes)
      const read = opened().read(bytes, { at: call.offset })
      return bytes.subarray(0, read)
    }
    case "truncate":
      opened().truncate(call.sizeBytes)
      return call.sizeBytes
    case "append": {
      const at = opened().getSize()
      for (let written = 0; written < call.bytes.length; ) {
        written += opened().write(call.bytes.subarray(written), { at: at + written })
      }
      return at + call.bytes.length
    }
    case "flush":
      opened().flush()
      return 0
    case "close":
      file?.close()
      file = undefined
      return 0
  }
}

const inOrder = pLimit(1)
addEventListener("message", ({ data }: MessageEvent<OpfsCall & { readonly id: number }>) => {
  void inOrder(async () => {
    try {
      const result = await run(data)
      postMessage({ id: data.id, result } satisfies OpfsReply)
    } catch (error) {
      const full = error instanceof DOMException && error.name === "QuotaExceededError"
      postMessage({ id: data.id, fault: String(error), full } satisfies OpfsReply)
    }
  })
})
