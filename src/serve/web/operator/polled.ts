import { useSignal } from "@preact/signals"
import { messageOf } from "@sourceprint/core/errors.js"
import type { OperatorAnswer, OperatorRequest } from "@sourceprint/protocol/operator/operator-messages.js"
import { useEffect } from "preact/hooks"
import { link } from "../session/live-link.js"
import type { Polled } from "../ui/part.js"
import { askOperator } from "./operator-link.js"

/** The answer to a request: asked when the part is shown, when the link is new, every `everyMs`, and after `again`. */
export function usePolled<Ask extends OperatorRequest["ask"]>(
  request: Extract<OperatorRequest, { ask: Ask }>,
  everyMs?: number,
): Polled<OperatorAnswer<Ask>> {
  const value = useSignal<OperatorAnswer<Ask> | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const asked = useSignal(0)
  const open = link.value
  useEffect(() => {
    if (open === undefined) return
    let over = false
    const ask = (): void => {
      askOperator(request).then(
        (answer) => {
          if (over) return
          value.value = answer as OperatorAnswer<Ask>
          failed.value = undefined
        },
        (error: unknown) => {
          if (!over) failed.value = messageOf(error)
        },
      )
    }
    ask()
    const timer = everyMs === undefined ? undefined : setInterval(ask, everyMs)
    return () => {
      over = true
      clearInterval(timer)
    }
  }, [open, asked.value, JSON.stringify(request)])
  return { value, failed, again: () => void asked.value++ }
}
