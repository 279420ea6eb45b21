import { useSignal } from "@preact/signals"
import type { MemberView } from "@sourceprint/protocol/chat/chat-view.js"
import { useEffect } from "preact/hooks"
import { Button } from "../ui/button.js"
import { Dialog } from "../ui/dialog.js"
import { Notice } from "../ui/notice.js"
import { plainWords } from "./plain-words.js"

interface SafetyDialogProps {
  readonly member: MemberView | undefined
  /** 12 groups of 5 digits, separated by spaces. */
  number(member: MemberView): Promise<string>
  onSame(member: MemberView): void
  onClose(): void
}

/** The number that two persons compare by another way than this chat. */
export function SafetyDialog({ member, number, onSame, onClose }: SafetyDialogProps) {
  const shown = useSignal<string | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const different = useSignal(false)
  useEffect(() => {
    shown.value = undefined
    failed.value = undefined
    different.value = false
    if (member === undefined) return
    let current = true
    number(member).then(
      (text) => {
        if (current) shown.value = text
      },
      (error: unknown) => {
        if (current) failed.value = plainWords(error)
      },
    )
    return () => {
      current = false
    }
  }, [member?.accountId])
  return (
    <Dialog title="Safety number" open={member !== undefined} onClose={onClose}>
      {member !== undefined && (
        <>
          <p>
            <bdi>{member.name}</bdi> sees the same digits in this conversation if nobody stands between you, not even
            the server. Compare them side by side or read them out in a call where you know the voice.
          </p>
          {failed.value !== undefined && <Notice kind="bad">{failed.value}</Notice>}
          <p class="safety-number" aria-live="polite">
            {(shown.value ?? "").split(" ").map((group, n) => (
              <span key={n}>{group}</span>
            ))}
          </p>
          {different.value && (
            <Notice kind="bad" title="Then somebody may be in between">
              <p>
                Say nothing here that others must not know. Ask <bdi>{member.name}</bdi> whether a new device was added;
                compare again when both have all messages. If it stays different, tell the operator.
              </p>
            </Notice>
          )}
          <div class="actions">
            <Button kind="primary" disabled={shown.value === undefined} onClick={() => onSame(member)}>
              They are the same
            </Button>
            <Button
              onClick={() => {
                different.value = true
              }}
            >
              They differ
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Close
            </Button>
          </div>
        </>
      )}
    </Dialog>
  )
}
