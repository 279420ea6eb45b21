import { AppError, hasCode } from "@sourceprint/core/errors.js"

/** What went wrong, for the person, and what to do. Only failures that can happen to a working page. */
export function failureWords(error: unknown): string {
  if (hasCode(error, "client/unreachable") || hasCode(error, "protocol/closed"))
    return "The connection to the server was lost. Check the network, then try again."
  if (hasCode(error, "protocol/password"))
    return "The name and the password do not belong together. Check both; capitals count in the password."
  if (hasCode(error, "protocol/identity"))
    return "The server shows another identity than the one this browser remembers. Nothing was sent to it."
  if (hasCode(error, "protocol/malformed"))
    return (
      "The server does not speak as agreed, so the page stopped. Load the page again; if this stays, tell " +
      "the operator."
    )
  if (hasCode(error, "page/time"))
    return (
      "The time was up before the camera had seen everything. Try again: face the light, and do what the " +
      "page asks, slowly."
    )
  if (hasCode(error, "page/password-worker"))
    return "The password could not be prepared in this browser. Close other tabs and try again."
  if (error instanceof AppError && error.code.startsWith("application/refused/"))
    return `${error.message.replace(/ \[[^\]]*\]$/, "")}.`
  if (hasCode(error, "application/busy")) return "The server is busy. Try again in a moment."
  if (hasCode(error, "application/timeout")) return "The server has not answered in time. Try again."
  if (hasCode(error, "application/closed"))
    return "There is no connection to the server now. It comes back by itself; try again then."
  throw error
}
