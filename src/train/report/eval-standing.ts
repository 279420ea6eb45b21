import type { PairedDifference } from "@sourceprint/core/metrics/paired-bootstrap.js"
import type { WinnerConfig } from "../experiment-config.js"
import type { RunMetrics } from "../run-summary.js"

/** How the model that was chosen on dev stands on eval beside the strongest other one on the same images. */
export interface EvalStanding {
  /** The figure that the rule of the experiment asks for. */
  readonly figure: "balanced accuracy" | "pooled EER" | "pooled AUC"
  readonly other: string
  /** By how much the chosen model is better: above 0 it is ahead of all, below 0 the other is, 0: they are equal. */
  readonly ahead: number
  /** 95 % interval of `ahead`. */
  readonly low: number
  readonly high: number
  readonly pValue: number
  /** Models that the chosen one was compared with: among many, one looks better by chance. */
  readonly comparisons: number
  /** p times the number of comparisons (Bonferroni) is below 5 %: more than chance. */
  readonly isBeyondChance: boolean
}

const FIGURES = {
  "mean-balanced-accuracy": { figure: "balanced accuracy", key: "balancedAccuracy", sign: 1 },
  "pooled-eer": { figure: "pooled EER", key: "eer", sign: -1 },
  "pooled-auc": { figure: "pooled AUC", key: "auc", sign: 1 },
} as const

/** Equal figures of two models differ by this much at most, as they are sums of other numbers. */
const ROUNDING = 1e-12

/** Undefined where no other model was judged on the images of the chosen one. */
export function evalStanding({ comparisons, arms }: RunMetrics, by: WinnerConfig["by"]): EvalStanding | undefined {
  const asked = FIGURES[by]
  // Runs before 0.3.0 did not compare AUCs.
  const { figure, key, sign } = comparisons.some((one) => one[asked.key] === undefined)
    ? FIGURES["mean-balanced-accuracy"]
    : asked
  const [strongest] = comparisons
    .flatMap((one) => {
      const compared: PairedDifference | undefined = one[key]
      if (compared === undefined) return []
      const ahead = Math.abs(compared.difference) < ROUNDING ? 0 : sign * compared.difference
      return [{ second: one.second, compared, ahead }]
    })
    .sort((a, b) => a.ahead - b.ahead)
  if (strongest === undefined) return undefined
  const { second, compared, ahead } = strongest
  const ends = [sign * compared.interval.low, sign * compared.interval.high]
  return {
    figure,
    other: arms.find(({ arm }) => arm === second)?.label ?? second,
    ahead,
    low: Math.min(...ends),
    high: Math.max(...ends),
    pValue: compared.pValue,
    comparisons: comparisons.length,
    isBeyondChance: ahead !== 0 && compared.pValue * comparisons.length < 0.05,
  }
}

/** The standing in a sentence. */
export function standingSentence(chosen: string, standing: EvalStanding): string {
  const { figure, other, ahead, low, high, pValue, comparisons, isBeyondChance } = standing
  if (ahead === 0) return `On eval ${other} has the same ${figure}.`
  const range = ahead > 0 ? [low, high] : [-high, -low]
  const [better, than] = ahead > 0 ? [chosen, `than ${other}, the next,`] : [other, ""]
  const among = comparisons === 1 ? "" : `, one of ${comparisons} comparisons`
  const interval = `95 % interval ${range.map((end) => points(end ?? 0)).join(" to ")}`
  return [
    `On eval ${better} is ${ahead > 0 ? "also " : ""}better`,
    than,
    `by ${points(Math.abs(ahead))} points of ${figure}`,
    `(${interval}; p = ${pValue.toPrecision(3)}${among}):`,
    isBeyondChance ? "more than chance explains." : "within chance.",
  ]
    .filter((part) => part !== "")
    .join(" ")
}

/** Percentage points. */
const points = (difference: number): string => {
  const text = Math.abs(difference * 100).toFixed(2)
  return difference < 0 && Number(text) !== 0 ? `\u2212${text}` : text
}
