/** What a server asks of people, as its pages need to know before anybody is signed in: GET /v1/facts. It guides the
 *  page alone; what counts is what the server does. */
export interface ServerFacts {
  /** May people enrol themselves: all, those with a code, or nobody. */
  readonly enrolment: "open" | "code" | "closed"
  /** What sign-ins prove by the policy, whichever way they take: "password", "finger", "scanner", "face", "passkey". */
  readonly factors: readonly string[]
  /** A simulated scanner stands beside this server and can be touched from the page: only in a demonstration. */
  readonly demo: boolean
}

const enrolments: readonly unknown[] = ["open", "code", "closed"] satisfies ServerFacts["enrolment"][]

/** Undefined for anything else. */
export function readServerFacts(value: unknown): ServerFacts | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const { enrolment, factors, demo } = value as Record<keyof ServerFacts, unknown>
  const named = Array.isArray(factors) && factors.every((factor) => typeof factor === "string")
  if (!enrolments.includes(enrolment) || !named || typeof demo !== "boolean") return undefined
  return { enrolment: enrolment as ServerFacts["enrolment"], factors, demo }
}
