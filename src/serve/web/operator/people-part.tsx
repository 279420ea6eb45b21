import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import { Button } from "../ui/button.js"
import { ConfirmButton } from "../ui/confirm-button.js"
import { LongTable } from "../ui/long-table.js"
import { Notice } from "../ui/notice.js"
import { Part } from "../ui/part.js"
import { Moment } from "../ui/time-words.js"
import { toast } from "../ui/toasts.js"
import { askOperator } from "./operator-link.js"
import { usePolled } from "./polled.js"

const CODE_HOURS = 24

export function PeoplePart() {
  const polled = usePolled({ ask: "accounts" }, 10_000)
  return (
    <>
      <EnrolmentCode />
      <Part polled={polled} empty="Nobody has an account yet.">
        {(accounts) => (
          <LongTable
            caption="Accounts"
            hint="a name, “operator”, “finger”"
            columns={[
              {
                label: "Name",
                show: ({ name, operator, disabled }) => (
                  <>
                    <bdi>{name}</bdi> {operator && <span class="tag">operator</span>}{" "}
                    {disabled && <span class="tag bad">disabled</span>}
                  </>
                ),
              },
              { label: "References", show: ({ references }) => references.join(", ") || "password only" },
              { label: "Since", show: ({ createdAtMs }) => <Moment atMs={createdAtMs} /> },
              {
                label: "Change",
                show: ({ id, name, disabled }) => (
                  <div class="row-actions">
                    <ConfirmButton
                      label={disabled ? "Enable" : "Disable"}
                      title={disabled ? `Let ${name} in again?` : `Sign ${name} out and keep them out?`}
                      onConfirm={async () => {
                        await askOperator({ ask: "set-disabled", accountId: id, disabled: !disabled })
                        toast(disabled ? `${name} may sign in again.` : `${name} is kept out.`)
                        polled.again()
                      }}
                    >
                      <p>
                        {disabled
                          ? "Password, finger and face work as before."
                          : "Open sessions end within seconds; nothing is deleted."}
                      </p>
                    </ConfirmButton>
                    <ConfirmButton
                      label="Delete"
                      title={`Delete ${name}?`}
                      onConfirm={async () => {
                        await askOperator({ ask: "delete-account", accountId: id })
                        toast(`${name} is deleted.`)
                        polled.again()
                      }}
                    >
                      <p>
                        Password record, finger and face references and sessions are removed for good. The audit log
                        keeps a random id alone.
                      </p>
                    </ConfirmButton>
                  </div>
                ),
              },
            ]}
            rows={accounts}
            keyOf={({ id }) => id}
          />
        )}
      </Part>
    </>
  )
}

function EnrolmentCode() {
  const code = useSignal<string | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const make = async (): Promise<void> => {
    failed.value = undefined
    try {
      code.value = (await askOperator({ ask: "make-code", hours: CODE_HOURS })).code
    } catch (error) {
      failed.value = messageOf(error)
    }
  }
  return (
    <>
      <div class="actions">
        <Button onClick={() => void make()}>Make an enrolment code</Button>
        <span class="hint">Lets one person sign up within {CODE_HOURS} hours.</span>
      </div>
      {code.value !== undefined && (
        <Notice kind="good" title="Read it to the person: it works once">
          <p class="mono">{code.value}</p>
        </Notice>
      )}
      {failed.value !== undefined && (
        <Notice kind="bad">
          <p>{failed.value}</p>
        </Notice>
      )}
    </>
  )
}
