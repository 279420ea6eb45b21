import { execFileSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Claim, Figure } from "./claim.js"
import { exactly } from "./figure.js"

const model = fileURLToPath(new URL("../../../docs/protocol.pml", import.meta.url))

/** Words that `docs/protocol.pml` explains, and whether the attacker wins under them. */
export interface Scenario {
  readonly words: readonly string[]
  readonly attack: boolean
}

const holds = (...words: string[]): Scenario => ({ words, attack: false })
const breaks = (...words: string[]): Scenario => ({ words, attack: true })

export const scenarios = {
  whole: [
    holds(),
    holds("PASSWORD_STOLEN"),
    holds("PASSWORD_STOLEN", "DEVICE_STOLEN"),
    holds("PASSWORD_STOLEN", "FINGER_STOLEN"),
    holds("DEVICE_STOLEN", "FINGER_STOLEN"),
    holds("PASSWORD_ONLY"),
    holds("SAME_RANDOMNESS"),
    holds("LINKED"),
  ],
  allStolen: [breaks("PASSWORD_STOLEN", "DEVICE_STOLEN", "FINGER_STOLEN"), breaks("PASSWORD_ONLY", "PASSWORD_STOLEN")],
  partLeftOut: [
    breaks("UNPINNED"),
    breaks("UNPINNED", "PASSWORD_ONLY"),
    breaks("UNPINNED", "PROOF_ANYWHERE"),
    breaks("CHOICE_OPEN"),
    breaks("UNPINNED", "KEYS_WITHOUT_OPAQUE", "PASSWORD_ONLY"),
    breaks("SAME_RANDOMNESS", "NO_STORE"),
    breaks("LINKED", "ANY_BROWSER"),
    breaks("LINKED", "ANY_CODE"),
  ],
} as const

const starts = (command: string, argument: string): boolean => {
  try {
    execFileSync(command, [argument], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** For `test(name, { skip: withoutSpin() }, …)`: false, or the reason to print. */
export const withoutSpin = (): false | string =>
  starts("spin", "-V") && starts("gcc", "--version") ? false : "Spin and gcc are not installed (Debian: spin, gcc)"

/** Looks at every state that the model can reach. @returns whether an assertion fails in one, and how many there are */
export async function check({ words }: Scenario): Promise<{ attack: boolean; states: number }> {
  const cwd = await mkdtemp(join(tmpdir(), "prove-model-"))
  try {
    execFileSync("spin", [...words.map((word) => `-D${word}`), "-a", model], { cwd, stdio: "pipe" })
    execFileSync("gcc", ["-O0", "-w", "-DSAFETY", "-o", "pan", "pan.c"], { cwd, stdio: "pipe" })
    // -E: an end that waits for what nobody can send is no fault.
    const text = execFileSync(join(cwd, "pan"), ["-E", "-m100000"], { cwd, encoding: "utf8" })
    const [, errors] = /errors: (\d+)/.exec(text) ?? []
    const [, states] = /(\d+) states, stored/.exec(text) ?? []
    if (errors === undefined || states === undefined || /max search depth too small/.test(text)) {
      throw new Error(`Spin did not search the whole model: ${text.slice(-500)}`)
    }
    return { attack: errors !== "0", states: Number(states) }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

async function figuresOf(list: readonly Scenario[]): Promise<Figure[]> {
  const why = withoutSpin()
  if (why !== false) return [{ name: `skipped: ${why}`, value: 0, unit: "" }]
  const figures: Figure[] = []
  for (const scenario of list) {
    const { attack, states } = await check(scenario)
    const name = scenario.words.join(" ") || "nothing stolen"
    figures.push(exactly(name, attack ? 1 : 0, scenario.attack ? 1 : 0, "attacks", `${states} states`))
  }
  return figures
}

export const claims: readonly Claim[] = [
  {
    title: "the protocol as it is: secrecy of keys and tokens, agreement, no replay across a restart, no downgrade",
    measure: () => figuresOf(scenarios.whole),
  },
  { title: "who has everything gets in: the model can see an attack", measure: () => figuresOf(scenarios.allStolen) },
  { title: "with a part left out the attacker wins", measure: () => figuresOf(scenarios.partLeftOut) },
]
