import type { Figure } from "./claim.js"

type Bounded = (name: string, value: number, bound: number, unit?: string, note?: string) => Figure

const bounded =
  (is: "at most" | "at least" | "exactly"): Bounded =>
  (name, value, bound, unit = "", note) => ({
    name,
    value,
    unit,
    bound: { is, value: bound },
    ...(note === undefined ? {} : { note }),
  })

/** A figure that must be just so, or may not be more, or less, than its bound. */
export const exactly = bounded("exactly")
export const atMost = bounded("at most")
export const atLeast = bounded("at least")
