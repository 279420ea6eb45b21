import { useSignal } from "@preact/signals"
import { navigate } from "../router.js"
import { signOutLocally } from "../session/session-store.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { TextField } from "../ui/text-field.js"
import { toast } from "../ui/toasts.js"
import { accountFailure, ask } from "./account-store.js"

/** For good: the name is typed to confirm. */
export function DeleteAccount({ name, fresh }: { name: string; fresh: boolean }) {
  const open = useSignal(false)
  const typed = useSignal("")
  const remove = async (): Promise<void> => {
    let done = false
    await ask(async (account) => {
      await account.deleteAccount(typed.value)
      done = true
    })
    if (!done) return
    await signOutLocally()
    toast("The account is deleted.")
    navigate("/", { replace: true })
  }
  return (
    <>
      <p class="actions">
        <Button
          kind="danger"
          disabled={!fresh}
          onClick={() => {
            open.value = true
          }}
        >
          Delete this account…
        </Button>
      </p>
      <Dialog
        title="Delete this account?"
        open={open.value}
        onClose={() => {
          open.value = false
        }}
      >
        <p>
          Templates, passkeys, sessions and files on the server go, for good. What others received in rooms stays with
          them.
        </p>
        <TextField
          label="Your name, to confirm"
          autocomplete="off"
          spellcheck={false}
          error={accountFailure.value}
          {...boundTo(typed)}
        />
        <div class="actions">
          <Button kind="danger" disabled={typed.value !== name} onClick={() => void remove()}>
            Delete for good
          </Button>
          <Button
            onClick={() => {
              open.value = false
            }}
          >
            Keep it
          </Button>
        </div>
      </Dialog>
    </>
  )
}
