import type { ComponentChildren } from "preact"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"

interface ConfirmDialogProps {
  readonly title: string
  readonly open: boolean
  /** The word on the button that does it. */
  readonly action: string
  onConfirm(): void
  onClose(): void
  readonly children: ComponentChildren
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ title, open, action, onConfirm, onClose, children }: ConfirmDialogProps) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      {children}
      <div class="actions">
        <Button kind="danger" onClick={onConfirm}>
          {action}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}
