import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { PersonPicker } from "./person-picker.js"

interface InviteDialogProps {
  readonly open: boolean
  /** Names of who is there already. */
  readonly members: readonly string[]
  find(prefix: string): Promise<readonly string[]>
  onPick(name: string): void
  onClose(): void
}

export function InviteDialog({ open, members, find, onPick, onClose }: InviteDialogProps) {
  return (
    <Dialog title="Invite a person" open={open} onClose={onClose}>
      <PersonPicker label="Name" find={find} except={members} onPick={onPick} />
      <p class="hint">Who is added reads what is said from now on, not what was said before.</p>
      <div class="actions">
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  )
}
