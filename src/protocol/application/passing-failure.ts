import { hasCode } from "@sourceprint/core/errors.js"

const PASSING = [
  "application/busy",
  "application/closed",
  "application/timeout",
  "application/refused/rate",
  "application/refused/fault",
  "client/unreachable",
  "protocol/closed",
]

/** True for a failure of a link, or of what was asked over it, that a fresh connection, after a pause, may repair: the
 *  network, a server that is busy or stopped in the middle. Any other one stays what it is however often one asks. */
export const mayPass = (error: unknown): boolean => PASSING.some((code) => hasCode(error, code))
