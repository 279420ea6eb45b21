import { useEffect } from "preact/hooks"
import type { FileDescriptor } from "../../../protocol/files/file-descriptor.js"
import { safeFileName } from "../../../protocol/files/safe-name.js"
import { Button } from "../ui/button.js"
import type { Download, Downloads } from "./downloads.js"
import { FileIcon } from "./file-icon.js"
import { sizeWords } from "./file-words.js"
import "./files.css"

/** A file in the conversation: what it is, how far it has come, and its picture when it is one. */
export function FileBubble({ file, downloads }: { file: FileDescriptor; downloads: Downloads }) {
  const download = downloads.of(file)
  const { state, doneBytes, preview } = download
  const name = safeFileName(file.name)
  useEffect(() => {
    if (downloads.worthPreview(file)) void downloads.start(download)
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
        <Facts download={download} />
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
        ) : (
          <Button kind="quiet" aria-label={`Fetch ${name}`} onClick={() => void downloads.start(download)}>
            {state.value === "idle" ? "Fetch" : "Go on"}
          </Button>
        )}
      </span>
      {state.value === "receiving" && (
        <progress aria-label={`Fetching ${name}`} max={Math.max(1, file.sizeBytes)} value={doneBytes.value} />
      )}
    </div>
  )
}

function Facts({ download }: { download: Download }) {
  const { file, state, doneBytes, failure } = download
  const size = sizeWords(file.sizeBytes)
  if (state.value === "failed") {
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
      {state.value === "whole" && (
        <span class="verified" title="The hash of every byte is the one in the sender's message">
          {" "}
          · ✓ verified
        </span>
      )}
    </span>
  )
}
