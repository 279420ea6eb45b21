import { useSignal } from "@preact/signals"
import type { FileDescriptor } from "@sourceprint/protocol/files/file-descriptor.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { useEffect } from "preact/hooks"
import { ConfirmDialog } from "../chat/confirm-dialog.js"
import { Button } from "../ui/button.js"
import type { Download, Downloads } from "./downloads.js"
import { FileIcon } from "./file-icon.js"
import { sizeWords } from "./file-words.js"
import "./files.css"

/** A file in the conversation: what it is, how far it has come, and its picture when it is one.
 *  @param own who looks at it sent it, and may delete it at the server @param member who looks at it is in the
 *  conversation: nobody else is given its files */
export function FileBubble({
  file,
  downloads,
  own = false,
  member = true,
}: {
  file: FileDescriptor
  downloads: Downloads
  own?: boolean
  member?: boolean
}) {
  const asking = useSignal(false)
  const download = downloads.of(file)
  const { state, doneBytes, preview } = download
  const name = safeFileName(file.name)
  const outside = !member && state.value !== "whole" && state.value !== "receiving"
  useEffect(() => {
    if (member && downloads.worthPreview(file)) void downloads.start(download)
  }, [download])
  return (
    <div class="file">
      {preview.value !== undefined && (
        <img
          class="file-image"
          src={preview.value.url}
          width={preview.value.widthPx}
          height={preview.value.heightPx}
          alt={`Preview of ${name}`}
        />
      )}
      <FileIcon />
      <span>
        <bdi class="file-name">{name}</bdi>
        {outside ? (
          <span class="file-facts">Not fetched while you were in this conversation; only its members can.</span>
        ) : (
          <Facts download={download} />
        )}
      </span>
      <span class="file-buttons">
        {state.value === "receiving" ? (
          <Button kind="quiet" aria-label={`Pause ${name}`} onClick={() => downloads.stop(download)}>
            Pause
          </Button>
        ) : state.value === "whole" ? (
          <Button kind="quiet" aria-label={`Save ${name}`} onClick={() => downloads.save(download)}>
            Save
          </Button>
        ) : state.value === "withdrawn" || outside ? null : (
          <Button kind="quiet" aria-label={`Fetch ${name}`} onClick={() => void downloads.start(download)}>
            {state.value === "idle" ? "Fetch" : "Go on"}
          </Button>
        )}
        {own && state.value !== "withdrawn" && (
          <Button
            kind="quiet"
            aria-label={`Delete ${name} at the server`}
            onClick={() => {
              asking.value = true
            }}
          >
            Delete
          </Button>
        )}
      </span>
      <ConfirmDialog
        title="Delete this file at the server?"
        open={asking.value}
        action="Delete it"
        onConfirm={() => {
          asking.value = false
          void downloads.withdraw(download)
        }}
        onClose={() => {
          asking.value = false
        }}
      >
        <p>
          <bdi>{name}</bdi> can then be fetched by nobody any more. Who has fetched it keeps it.
        </p>
      </ConfirmDialog>
      {state.value === "receiving" && (
        <progress aria-label={`Fetching ${name}`} max={Math.max(1, file.sizeBytes)} value={doneBytes.value} />
      )}
    </div>
  )
}

function Facts({ download }: { download: Download }) {
  const { file, state, doneBytes, failure } = download
  const size = sizeWords(file.sizeBytes)
  if (failure.value !== undefined) {
    return (
      <span class="file-facts bad" role="status">
        {failure.value}
      </span>
    )
  }
  return (
    <span class="file-facts" role="status">
      {state.value === "receiving" || state.value === "stopped"
        ? `${sizeWords(doneBytes.value)} of ${size}${state.value === "stopped" ? " · paused" : ""}`
        : `${size}${file.type === "" ? "" : ` · ${file.type}`}`}
      {state.value === "withdrawn" && " · deleted at the server"}
      {state.value === "whole" && (
        <span class="verified" title="The hash of every byte is the one in the sender's message">
          {" "}
          · ✓ verified
        </span>
      )}
    </span>
  )
}
