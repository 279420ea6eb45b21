import { useSignal } from "@preact/signals"
import { Button } from "../ui/button.js"
import { ChoiceCards } from "../ui/choice-cards.js"
import { Dialog } from "../ui/dialog.js"
import { Notice } from "../ui/notice.js"
import { chooseNotify, type NotifyHow, notifyHow } from "./notifications.js"

const choices = [
  { value: "off", label: "None" },
  {
    value: "hidden",
    label: "Without words",
    hint: "Only that something came: good where others see the screen.",
  },
  { value: "full", label: "With name and text" },
] as const satisfies readonly { value: NotifyHow; label: string; hint?: string }[]

interface SettingsDialogProps {
  readonly open: boolean
  /** Deletes the chat from this browser and signs out. */
  onWipe(): void
  onClose(): void
}

export function SettingsDialog({ open, onWipe, onClose }: SettingsDialogProps) {
  const refused = useSignal(false)
  const sure = useSignal(false)
  return (
    <Dialog title="Chat settings" open={open} onClose={onClose}>
      <ChoiceCards<NotifyHow>
        legend="Notifications while you look elsewhere"
        choices={choices}
        value={notifyHow.value}
        onChoose={(how) => {
          void chooseNotify(how).then((allowed) => {
            refused.value = !allowed
          })
        }}
      />
      {refused.value && (
        <Notice kind="warn">The browser does not allow notifications from this page; its settings can.</Notice>
      )}
      <section class="divided">
        <h3>This browser</h3>
        <p class="hint">
          Messages and keys lie sealed in this browser only. Deleting them cannot be undone: messages that are no longer
          at the server are gone from here.
        </p>
        {sure.value ? (
          <div class="actions">
            <Button kind="danger" onClick={onWipe}>
              Delete and sign out
            </Button>
            <Button
              onClick={() => {
                sure.value = false
              }}
            >
              Keep it
            </Button>
          </div>
        ) : (
          <div class="actions">
            <Button
              kind="danger"
              onClick={() => {
                sure.value = true
              }}
            >
              Delete the chat from this browser…
            </Button>
          </div>
        )}
      </section>
      <div class="actions">
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}
