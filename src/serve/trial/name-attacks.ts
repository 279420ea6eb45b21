import { AppError } from "@sourceprint/core/errors.js"
import { inTurn } from "@sourceprint/core/in-turn.js"
import { canonicalName } from "@sourceprint/protocol/account-name.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { ScannerLink } from "@sourceprint/protocol/scanner-link.js"
import { ServeConfig } from "../server/serve-config.js"
import type { Attack } from "./attack.js"

const open = { config: { policy: ServeConfig.parse({ policy: { enrolment: "open", factors: ["password"] } }).policy } }

/** Names that look like "Victim", or nearly so. */
const LOOK_ALIKES = [
  "V\u3164ictim", // Hangul filler
  "Victim\ufe0f", // variation selector
  "Vict\u034fim", // combining grapheme joiner
  "V\u0456ctim", // Cyrillic i
  "V\u0456\u0441t\u0456m", // more of them
  "Victim\u2800", // blank of Braille
  "Vic\u0332tim", // a loose mark
  "Victirn", // r n for m
  "V\u0131ctim", // dotless i
  "Vi\u2ccdtim", // Coptic
]

const lookAlike: Attack = {
  id: "look-alike-name",
  title: "an account under a name that looks like the victim's",
  bounds: open,
  async run(target, attempt) {
    const name = canonicalName(inTurn(LOOK_ALIKES, attempt))
    if (name === undefined) return false
    const { deps, stretching } = target
    const session = await target.session()
    try {
      const more = { enrolmentId: deps.crypto.randomBytes(32), code: "", finger: "none" }
      const answer = await session.enrol({ name, password: "mine", stretching, ...more })
      return answer.type === MessageType.decision && answer.outcome === Outcome.pass
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith("protocol/")) return false
      throw error
    } finally {
      session.close()
    }
  },
}

/** What a scanner calls itself to be taken for the one at the "front desk". */
const LOOK_ALIKE_WORDS = [
  "front desk",
  "Front Desk",
  "fr\u043ent desk", // Cyrillic o
  "front d\u0435sk\u3164", // Cyrillic e, Hangul filler
  "\u3164", // shows nothing
]

const lookAlikeScanner: Attack = {
  id: "look-alike-scanner",
  title: "a linked scanner is offered under words that look like another one's, or that show nothing",
  alone: true, // both devices have one link
  async run(target, attempt) {
    const { deps, victim, otherDevice } = target
    const link = async (device: Device, words: string) => ScannerLink.open(deps, await target.connect(), device, words)
    const words = canonicalName(inTurn(LOOK_ALIKE_WORDS, attempt))
    if (words === undefined) return false
    const links = [await link(victim.device, "front desk"), await link(otherDevice, words)]
    try {
      const offered = target.server().deps.scanners.list()
      const theirs = offered.find(({ scannerId }) => scannerId === otherDevice.scannerId)
      if (theirs === undefined) throw new TypeError("the scanner is not linked")
      return theirs.words !== ""
    } finally {
      for (const one of links) one.close()
    }
  },
}

export const nameAttacks: readonly Attack[] = [lookAlike, lookAlikeScanner]
