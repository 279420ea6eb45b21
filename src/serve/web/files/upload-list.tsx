import { toHex } from "@sourceprint/core/bytes.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { useRef } from "preact/hooks"
import { Button } from "../ui/button.js"
import { FileIcon } from "./file-icon.js"
import { sizeWords } from "./file-words.js"
import type { Upload, Uploads } from "./uploads.js"
import "./files.css"

/** The uploads to one room that are not done, with progress and what can be done about them. */
export function UploadList({ uploads, roomId }: { uploads: Uploads; roomId: Uint8Array }) {
  const room = toHex(roomId)
  const shown = uploads.list.value.filter(({ record }) => toHex(record.roomId) === room)
  if (shown.length === 0) return null
  return (
    <ul class="uploads" aria-label="Files being sent">
      {shown.map((upload) => (
        <UploadRow key={toHex(upload.record.fileId)} upload={upload} uploads={uploads} />
      ))}
    </ul>
  )
}

function UploadRow({ upload, uploads }: { upload: Upload; uploads: Uploads }) {
  const again = useRef<HTMLInputElement>(null)
  const { record, state, doneBytes, failure } = upload
  const name = safeFileName(record.name)
  const goesOn = state.value === "waiting" || state.value === "sending" || state.value === "posting"
  return (
    <li class="file">
      <FileIcon />
      <span>
        <bdi class="file-name">{name}</bdi>
        <span class={failure.value !== undefined ? "file-facts bad" : "file-facts"} role="status">
          {factsOf(upload)}
        </span>
      </span>
      <span class="file-buttons">
        {goesOn && state.value !== "posting" && (
          <Button kind="quiet" aria-label={`Pause ${name}`} onClick={() => uploads.stop(upload)}>
            Pause
          </Button>
        )}
        {(state.value === "stopped" || state.value === "failed") && (
          <Button kind="quiet" aria-label={`Go on with ${name}`} onClick={() => uploads.resume(upload)}>
            Go on
          </Button>
        )}
        {state.value === "file-needed" && (
          <>
            <Button kind="quiet" aria-label={`Choose ${name} again`} onClick={() => again.current?.click()}>
              Choose again
            </Button>
            <input
              ref={again}
              type="file"
              hidden
              onChange={({ currentTarget }) => {
                const file = currentTarget.files?.[0]
                currentTarget.value = ""
                if (file !== undefined) uploads.goOnWith(upload, file)
              }}
            />
          </>
        )}
        {state.value !== "posting" && (
          <Button kind="quiet" aria-label={`Cancel ${name}`} onClick={() => void uploads.cancel(upload)}>
            Cancel
          </Button>
        )}
      </span>
      {goesOn && (
        <progress aria-label={`Sending ${name}`} max={Math.max(1, record.sizeBytes)} value={doneBytes.value} />
      )}
    </li>
  )
}

function factsOf({ record, state, doneBytes, failure }: Upload): string {
  const size = sizeWords(record.sizeBytes)
  switch (state.value) {
    case "waiting":
      return `${size} · waits for its turn`
    case "sending":
      return `${sizeWords(doneBytes.value)} of ${size}`
    case "posting":
    case "done":
      return `${size} · sent`
    case "stopped":
      return `${sizeWords(doneBytes.value)} of ${size} · paused`
    case "file-needed":
      return failure.value ?? `${size} · interrupted; choose the same file to continue`
    case "failed":
      return failure.value ?? ""
  }
}
