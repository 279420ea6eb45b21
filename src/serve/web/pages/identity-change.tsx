import { useSignal } from "@preact/signals"
import { identityWords } from "../session/identity-words.js"
import { acceptChangedIdentity, changedIdentity, serverIdentity } from "../session/pinned-identity.js"
import { boundTo } from "../ui/bound-to.js"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { Notice } from "../ui/notice.js"
import { TextField } from "../ui/text-field.js"

const COMPARED_DIGITS = 16

/** Shown when the server's identity is another than the remembered one: what that means, and the only way on, which is
 *  to type what the operator says and not what the page shows. */
export function IdentityChange() {
  const open = useSignal(false)
  const typed = useSignal("")
  const changed = changedIdentity.value
  if (changed === undefined) return null
  const expected = identityWords(changed).replaceAll(" ", "").slice(0, COMPARED_DIGITS)
  const given = typed.value.toLowerCase().replace(/[^0-9a-f]/g, "")
  const differs = given.length >= COMPARED_DIGITS && !given.startsWith(expected)
  return (
    <>
      <Notice kind="bad" title="This server has another identity than before">
        <p>
          Either it was set up again, or somebody stands between you and it. Nothing was sent. Ask the operator before
          you continue.
        </p>
        <p>
          <Button
            onClick={() => {
              open.value = true
            }}
          >
            I have asked the operator…
          </Button>
        </p>
      </Notice>
      <Dialog
        title="Compare the server's identity"
        open={open.value}
        onClose={() => {
          open.value = false
        }}
      >
        {serverIdentity.value !== undefined && (
          <p>
            Remembered so far: <span class="mono">{identityWords(serverIdentity.value).slice(0, 19)}…</span>
          </p>
        )}
        <TextField
          label={`First ${COMPARED_DIGITS} digits of the identity, as the operator tells them`}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          hint="“sourceprint serve” prints it when the server starts."
          error={differs ? "This is not what the server shows. Do not continue: tell the operator." : undefined}
          {...boundTo(typed)}
        />
        <div class="actions">
          <Button
            kind="danger"
            disabled={!given.startsWith(expected)}
            onClick={() => {
              open.value = false
              void acceptChangedIdentity()
            }}
          >
            Remember the new identity
          </Button>
          <Button
            onClick={() => {
              open.value = false
            }}
          >
            Cancel
          </Button>
        </div>
      </Dialog>
    </>
  )
}
