import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { AppError } from "@sourceprint/core/errors.js"

/** A template that a benchmark makes. Several images: one reference enrolled from all of them. */
export interface TemplatePlan {
  readonly id: string
  readonly role: "reference" | "probe"
  readonly images: readonly Sample[]
  /** Subject and finger (or subject alone for faces): equal text is a mated pair. */
  readonly identity: string
}

export interface Comparison {
  /** Positions in `templates`. */
  readonly reference: number
  readonly probe: number
  readonly genuine: boolean
}

/** Everything that is compared within one set (a database, a scanner). */
export interface ComparisonPlan {
  readonly set: string
  readonly templates: readonly TemplatePlan[]
  readonly comparisons: readonly Comparison[]
}

export const identityOf = (sample: Sample): string => `${sample.subject}/${sample.finger}`

/** "all-pairs": every unordered pair of images, also across identities. "fvc": every unordered pair within an identity
 *  as genuine, the first images of different identities as impostors (FVC2000 protocol, section "Performance
 *  evaluation"). In both, one template an image stands on either side of a comparison. */
export type PairProtocol = "all-pairs" | "fvc"

/** Plans the comparisons within each scanner's images; images of different scanners are never compared.
 *  @throws AppError "benchmark/unlabelled" or "benchmark/one-class" */
export function planPairs(samples: readonly Sample[], protocol: PairProtocol): ComparisonPlan[] {
  const sets = new Map<string, Sample[]>()
  for (const sample of samples) {
    if (sample.subject === "") {
      throw new AppError(
        "benchmark/unlabelled",
        `${sample.path} names no person, so nobody can say which pairs are genuine; import it with {subject}`,
      )
    }
    sets.set(sample.scanner, [...(sets.get(sample.scanner) ?? []), sample])
  }
  return [...sets].map(([set, images]) => {
    const ordered = [...images].sort((a, b) => order(identityOf(a), identityOf(b)) || a.impression - b.impression)
    const templates = ordered.map((image): TemplatePlan => {
      return { id: image.path, role: "reference", images: [image], identity: identityOf(image) }
    })
    return requireBothClasses({ set, templates, comparisons: pairsOf(templates, protocol) })
  })
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function pairsOf(templates: readonly TemplatePlan[], protocol: PairProtocol): Comparison[] {
  const isFirst = templates.map((t, i) => templates[i - 1]?.identity !== t.identity)
  const comparisons: Comparison[] = []
  for (const [i, { identity }] of templates.entries()) {
    for (let j = i + 1; j < templates.length; j++) {
      const genuine = identity === templates[j]?.identity
      if (genuine || protocol === "all-pairs" || (isFirst[i] && isFirst[j])) {
        comparisons.push({ reference: i, probe: j, genuine })
      }
    }
  }
  return comparisons
}

/** @throws AppError "benchmark/one-class" */
export function requireBothClasses(plan: ComparisonPlan): ComparisonPlan {
  const genuine = plan.comparisons.filter((c) => c.genuine).length
  if (genuine === 0 || genuine === plan.comparisons.length) {
    throw new AppError(
      "benchmark/one-class",
      `set ${plan.set} has ${genuine} genuine and ${plan.comparisons.length - genuine} impostor ` +
        "comparisons; error rates need both",
    )
  }
  return plan
}
