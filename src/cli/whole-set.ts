import { AppError } from "@sourceprint/core/errors.js"

/** Called after all of a set is done: a set in which something was refused ends with exit code 1.
 *  @param what "images could not be imported"
 *  @throws AppError of this code where `refused` of `count` were named before */
export function requireWholeSet(code: string, refused: number, count: number, what: string): void {
  if (refused > 0) throw new AppError(code, `${refused} of ${count} ${what}, named above; the others are done`)
}
