/** A line of a "Must show" list as a program: it measures and returns figures beside their bounds. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Absent: printed for information, never fails. */
  readonly bound?: { readonly is: "at most" | "at least" | "exactly"; readonly value: number }
  /** Counts, interval, command: whatever makes the number checkable. */
  readonly note?: string
}

/** A line that is as it must be or is not, without a number. */
export interface Finding {
  readonly text: string
  readonly kept: boolean
}

export interface Claim<Line extends Figure | Finding = Figure> {
  readonly title: string
  /** `say` prints progress to stderr. Throwing is a failure of the claim. */
  measure(logLine: (text: string) => void): Promise<readonly Line[]>
}

/** True when the figure keeps its bound (NaN never does) or the finding is as it must be. */
export function holds(line: Figure | Finding): boolean {
  if ("kept" in line) return line.kept
  const { value, bound } = line
  if (bound === undefined) return true
  if (bound.is === "at most") return value <= bound.value
  if (bound.is === "at least") return value >= bound.value
  return value === bound.value
}
