import type { TrialRecord } from "./run-whole-trial.js"

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

export interface TrialVerdict {
  readonly sentence: string
  /** Sessions of others and attacks on `opaque-aead` that came through. */
  readonly breaches: number
  readonly tried: number
}

/** Who was let in, in one sentence: nobody who came through is left out of it. */
export function trialVerdict({ sessions, attacks, presentations }: TrialRecord): TrialVerdict {
  const right = sessions.scenarios.filter(({ genuine }) => genuine)
  const others = sessions.scenarios.filter(({ genuine }) => !genuine)
  const artefacts = (presentations?.sessions ?? []).filter(({ species }) => species !== undefined)
  const known = [
    ...others.map(({ scenario, sessions: of, passed }) => ({ what: scenario as string, of, passed })),
    ...(artefacts.length === 0
      ? []
      : [{ what: "artefacts", of: artefacts.length, passed: artefacts.filter(({ passed }) => passed).length }]),
  ]
  const passed = sum(known, (one) => one.passed)
  const through = known
    .filter((one) => one.passed > 0)
    .sort((a, b) => b.passed - a.passed)
    .map((one) => `${one.what} ${one.passed} of ${one.of}`)
  const successes = sum(attacks, (attack) => attack.successes)
  const attempts = sum(attacks, (attack) => attack.attempts)
  const tried = sum(known, ({ of }) => of)
  const [letIn, rightSessions] = [sum(right, (one) => one.passed), sum(right, (one) => one.sessions)]
  const said = [
    right.length > 0 && `the right person was let in in ${letIn} of ${rightSessions} sessions`,
    tried > 0 && `others in ${passed} of ${tried}${through.length > 0 ? ` (${through.join(", ")})` : ""}`,
    attempts > 0 && `${successes} of ${attempts} attacks on the protocol succeeded`,
  ].filter((part) => part !== false)
  const sentence = said.length === 0 ? "nothing was tried" : said.join("; ")
  return {
    sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    breaches: passed + successes,
    tried: tried + attempts,
  }
}
