import { effect, signal } from "@preact/signals"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { Channel } from "@sourceprint/protocol/application/application-frame.js"
import {
  type AuditLine,
  decodeOperator,
  encodeOperator,
  type OperatorAnswers,
  type OperatorRequest,
} from "@sourceprint/protocol/operator/operator-messages.js"
import { link } from "../session/live-link.js"
import { signedIn } from "../session/session-store.js"

/** Who is signed in may see these pages; undefined: not known yet. */
export const isOperator = signal<boolean | undefined>(undefined)

/** Asks the server that these pages came from; its answers are taken as they are.
 *  @throws AppError as `ApplicationLink.request` */
export async function askOperator<Request extends OperatorRequest>(
  request: Request,
): Promise<OperatorAnswers[Request["ask"]]> {
  const open = link.value
  if (open === undefined) throw new AppError("application/closed", "there is no connection to the server")
  try {
    const body = await open.request(Channel.operator, encodeOperator(request))
    isOperator.value = true
    return decodeOperator(body) as OperatorAnswers[Request["ask"]]
  } catch (error) {
    if (hasCode(error, "application/refused/operator") || hasCode(error, "application/refused/channel")) {
      isOperator.value = false
    }
    throw error
  }
}

/** New audit entries as they are written, on the link as it is now. */
export async function watchAudit(onLines: (lines: readonly AuditLine[]) => void): Promise<void> {
  link.value?.onEvent(Channel.operator, (body) => onLines(decodeOperator(body) as readonly AuditLine[]))
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
