import { useSignal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useRef } from "preact/hooks"
import "./files.css"

/** The button that lets a person choose files, any number of them. */
export function FilePicker({
  onFiles,
  disabled = false,
}: {
  onFiles(files: readonly File[]): void
  disabled?: boolean
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        class="file-picker"
        aria-label="Attach files"
        title="Attach files"
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path
            d={
              "M20 11.5 12 19.4a5 5 0 0 1-7.1-7l8.3-8.3a3.4 3.4 0 0 1 4.8 4.8l-8.2 8.2" +
              "a1.7 1.7 0 0 1-2.4-2.4l7.5-7.5"
            }
          />
        </svg>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          currentTarget.value = "" // the same file may be chosen again
          if (files.length > 0) onFiles(files)
        }}
      />
    </>
  )
}

/** Around the conversation: files dropped on it are sent, those pasted into it are asked about. Folders are left out.
 *  @param label what the region is called by a screen reader */
export function FileDrop({
  label,
  onFiles,
  onPasted,
  children,
}: {
  label: string
  onFiles(files: readonly File[]): void
  onPasted(files: readonly File[]): void
  children: ComponentChildren
}) {
  const depth = useSignal(0)
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false
  const filesOf = (transfer: DataTransfer | null): File[] =>
    [...(transfer?.items ?? [])]
      .filter((item) => item.kind === "file" && item.webkitGetAsEntry()?.isDirectory !== true)
      .flatMap((item) => item.getAsFile() ?? [])
  const take = (files: readonly File[], to: (files: readonly File[]) => void): void => {
    if (files.length > 0) to(files)
  }
  return (
    <section
      aria-label={label}
      class={depth.value > 0 ? "file-drop over" : "file-drop"}
      data-words="Drop to send"
      onDragEnter={(event) => {
        if (carriesFiles(event)) depth.value++
      }}
      onDragLeave={(event) => {
        if (carriesFiles(event)) depth.value = Math.max(0, depth.value - 1)
      }}
      onDragOver={(event) => {
        if (carriesFiles(event)) event.preventDefault()
      }}
      onDrop={(event) => {
        depth.value = 0
        if (!carriesFiles(event)) return
        event.preventDefault()
        take(filesOf(event.dataTransfer), onFiles)
      }}
      onPaste={(event) => {
        // A word processor puts a picture of the text beside the text: then it is the text that is meant.
        if (event.clipboardData?.files.length && !event.clipboardData.types.includes("text/rtf")) {
          event.preventDefault()
          take(filesOf(event.clipboardData), onPasted)
        }
      }}
    >
      {children}
    </section>
  )
}
