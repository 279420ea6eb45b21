import { effect, signal } from "@preact/signals"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import { asked } from "@sourceprint/protocol/calls.js"
import {
  type AuditLine,
  auditEvent,
  type OperatorAnswer,
  type OperatorRequest,
  operatorCalls,
} from "@sourceprint/protocol/operator/operator-messages.js"
import { link } from "../session/live-link.js"
import { signedIn } from "../session/session-store.js"

/** Who is signed in may see these pages; undefined: not known yet. */
export const isOperator = signal<boolean | undefined>(undefined)

/** Asks the server that these pages came from.
 *  @throws AppError as `ApplicationLink.request`, "operator/answer" for one that cannot be read */
export async function askOperator<R extends OperatorRequest>(request: R): Promise<OperatorAnswer<R["ask"]>> {
  const open = link.value
  if (open === undefined) throw new AppError("application/closed", "there is no connection to the server")
  try {
    const answer = await asked(operatorCalls, request, (body) => open.request(Channel.operator, body))
    isOperator.value = true
    if (answer === undefined) throw new AppError("operator/answer", "the server's answer cannot be read")
    return answer
  } catch (error) {
    if (hasCode(error, "application/refused/operator") || hasCode(error, "application/refused/channel")) {
      isOperator.value = false
    }
    throw error
  }
}

/** New audit entries as they are written, on the link as it is now. */
export async function watchAudit(onLines: (lines: readonly AuditLine[]) => void): Promise<void> {
  link.value?.onEvent(Channel.operator, (body) => onLines(auditEvent.decode(body) ?? []))
  await askOperator({ ask: "watch-audit" })
}

/** Each new link is asked once, so that operators find their way here from every page. */
effect(() => {
  if (link.value === undefined) {
    if (signedIn.value === undefined) isOperator.value = undefined
    return
  }
  askOperator({ ask: "overview" }).catch(() => {}) // what it found is in `isOperator`
})
