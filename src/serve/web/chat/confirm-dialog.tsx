import type { ComponentChildren } from "preact"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"

interface ConfirmDialogProps {
  readonly title: string
  readonly open: boolean
  /** The word on the button that does it. */
  readonly action: string
  /** "danger", unless told: it cannot be undone. */
  readonly kind?: "primary" | "danger"
  onConfirm(): void
  onClose(): void
  readonly children: ComponentChildren
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  title,
  open,
  action,
  kind = "danger",
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      {children}
      <div class="actions">
        <Button kind={kind} onClick={onConfirm}>
          {action}
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}
