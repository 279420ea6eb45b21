import { AppError } from "@sourceprint/core/errors.js"

/** What could not be done, for the person: the words of the failure without its code. A fault of the program is not
 *  one. */
export function plainWords(error: unknown): string {
  if (!(error instanceof AppError)) throw error
  const words = error.message.replace(/ \[[^\]]*\]$/, "")
  return words.charAt(0).toUpperCase() + words.slice(1)
}
