import { useSignal } from "@preact/signals"
import { isolated } from "@sourceprint/protocol/chat/view/isolated.js"
import { safeFileName } from "@sourceprint/protocol/files/safe-name.js"
import { useEffect } from "preact/hooks"
import { ConfirmDialog } from "../chat/confirm-dialog.js"
import { sizeWords } from "./file-words.js"
import { imagePreview, type Preview } from "./image-preview.js"

/** What was pasted is looked at before it goes: a clipboard may hold another thing than one thinks. */
export function PastedFiles({
  files,
  title,
  onSend,
  onClose,
}: {
  files: readonly File[]
  /** Of the conversation that it would go to. */
  title: string
  onSend(): void
  onClose(): void
}) {
  const previews = useSignal<readonly Preview[]>([])
  useEffect(() => {
    let over = false
    const drop = (all: readonly (Preview | undefined)[]): void => {
      for (const preview of all) if (preview !== undefined) URL.revokeObjectURL(preview.url)
    }
    void Promise.all(files.map(imagePreview)).then((all) => {
      if (over) drop(all)
      else previews.value = all.filter((preview) => preview !== undefined)
    })
    return () => {
      over = true
      drop(previews.peek())
      previews.value = []
    }
  }, [files])
  return (
    <ConfirmDialog
      title={`Send to ${isolated(title)}?`}
      open={files.length > 0}
      action="Send"
      kind="primary"
      onConfirm={onSend}
      onClose={onClose}
    >
      {previews.value.map(({ url, widthPx, heightPx }) => (
        <img key={url} class="file-image" src={url} width={widthPx} height={heightPx} alt="What was pasted" />
      ))}
      <ul class="items">
        {files.map((file, n) => (
          <li key={n}>
            <span>
              <bdi>{safeFileName(file.name)}</bdi>, {sizeWords(file.size)}
            </span>
          </li>
        ))}
      </ul>
    </ConfirmDialog>
  )
}
