import type { Attack } from "./attack.js"
import { chatAttacks } from "./chat-attacks.js"
import { credentialAttacks } from "./credential-attacks.js"
import { fieldAttacks } from "./field-attacks.js"
import { guessAttacks } from "./guess-attacks.js"
import { holdingAttacks } from "./holding-attacks.js"
import { nameAttacks } from "./name-attacks.js"
import { replayAttacks } from "./replay-attacks.js"
import { sessionAttacks } from "./session-attacks.js"
import { socketAttacks } from "./socket-attacks.js"
import { storeAttacks } from "./store-attacks.js"
import { wireAttacks } from "./wire-attacks.js"

/** Every attack on `opaque-aead`, in the order of the table. */
export const attacks: readonly Attack[] = [
  ...replayAttacks,
  ...wireAttacks,
  ...fieldAttacks,
  ...credentialAttacks,
  ...guessAttacks,
  ...sessionAttacks,
  ...nameAttacks,
  ...socketAttacks,
  ...holdingAttacks,
  ...chatAttacks,
  ...storeAttacks,
]
