import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { ComponentChildren } from "preact"
import { Button } from "./button.js"
import { Dialog } from "./dialog.js"
import { Notice } from "./notice.js"

/** A button whose deed is asked about first. */
export function ConfirmButton({
  label,
  title,
  children,
  onConfirm,
}: {
  readonly label: string
  readonly title: string
  /** What will happen. */
  readonly children: ComponentChildren
  onConfirm(): Promise<unknown>
}) {
  const open = useSignal(false)
  const busy = useSignal(false)
  const failed = useSignal<string | undefined>(undefined)
  const confirm = async (): Promise<void> => {
    busy.value = true
    failed.value = undefined
    try {
      await onConfirm()
      open.value = false
    } catch (error) {
      failed.value = messageOf(error)
    } finally {
      busy.value = false
    }
  }
  const close = (): void => {
    open.value = false
  }
  return (
    <>
      <Button kind="quiet" onClick={() => (open.value = true)}>
        {label}
      </Button>
      <Dialog title={title} open={open.value} onClose={close}>
        {children}
        {failed.value !== undefined && (
          <Notice kind="bad">
            <p>{failed.value}</p>
          </Notice>
        )}
        <div class="actions">
          <Button kind="danger" busy={busy.value} onClick={() => void confirm()}>
            {label}
          </Button>
          <Button onClick={close}>Leave it as it is</Button>
        </div>
      </Dialog>
    </>
  )
}
