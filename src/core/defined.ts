/** The value, which our own code made sure is there (an index below the length, a key that was put in).
 *  @throws RangeError where it is missing: our mistake, never a user's or a peer's */
export function defined<T>(value: T | undefined, what = "value"): T {
  if (value === undefined) throw new RangeError(`a ${what} is missing`)
  return value
}
