/** Something that can happen to a correct program. `code` ("packet/checksum") is the contract that callers and tests
 *  match on; `message` is for people, names the thing and the cure, and may change. */
export class AppError<Code extends string = string> extends Error {
  override readonly name = "AppError"
  readonly code: Code
  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(`${message} [${code}]`, options)
    this.code = code
  }
}

/** True when `e` is an AppError with exactly this code. */
export const hasCode = (e: unknown, code: string): e is AppError => e instanceof AppError && e.code === code

/** The text of anything thrown, for a log line or a list of refusals. */
export const messageOf = (e: unknown): string => (e instanceof Error ? e.message : String(e))

/** The same without the code at its end, to be put into another error's message. */
export const wordsOf = (e: unknown): string =>
  e instanceof AppError ? e.message.replace(` [${e.code}]`, "") : messageOf(e)
