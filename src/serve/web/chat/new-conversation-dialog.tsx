import { useSignal } from "@preact/signals"
import { utf8 } from "@sourceprint/core/bytes.js"
import { ContentLimit } from "@sourceprint/protocol/chat/contents.js"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { TextField } from "../ui/text-field.js"
import { PersonPicker } from "./person-picker.js"

interface NewConversationDialogProps {
  readonly open: boolean
  readonly selfName: string
  find(prefix: string): Promise<readonly string[]>
  onPerson(name: string): void
  onRoom(name: string): void
  onClose(): void
}

/** Talk to one person, or make a room. */
export function NewConversationDialog(props: NewConversationDialogProps) {
  const { open, selfName, find, onPerson, onRoom, onClose } = props
  const name = useSignal("")
  const wanted = name.value.trim()
  const tooLong = utf8(wanted).length > ContentLimit.roomNameBytes
  return (
    <Dialog title="New conversation" open={open} onClose={onClose}>
      <PersonPicker label="Talk to a person" find={find} except={[selfName]} onPick={onPerson} />
      <form
        class="divided"
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted === "" || tooLong) return
          name.value = ""
          onRoom(wanted)
        }}
      >
        <TextField
          label="Or make a room"
          hint="Its name is sealed like every message: only members can read it."
          autocomplete="off"
          maxLength={ContentLimit.roomNameBytes}
          value={name.value}
          error={tooLong ? "This name is too long." : undefined}
          onText={(text) => {
            name.value = text
          }}
        />
        <div class="actions">
          <Button type="submit" kind="primary" disabled={wanted === "" || tooLong}>
            Make the room
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
