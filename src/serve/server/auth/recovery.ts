import { toHex, utf8 } from "@sourceprint/core/bytes.js"
import type { MessageType } from "@sourceprint/protocol/message.js"
import { KeyRing } from "../../store/key-ring.js"
import { accept } from "./accept.js"
import type { AuthDeps, SignedIn } from "./auth-deps.js"
import type { SignInContext } from "./factor-proof.js"
import type { Received } from "./secure-peer.js"

/** Crockford's base 32: no I, L, O, U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const GROUPS = 4
const GROUP_LENGTH = 4
export const RECOVERY_CODES = 10

/** A fresh code of 80 bits, as K7QD-…; @param random at least 16 bytes */
export function recoveryCode(random: Uint8Array): string {
  const letters = Array.from(random.subarray(0, GROUPS * GROUP_LENGTH), (byte) => LETTERS[byte % 32])
  return Array.from({ length: GROUPS }, (_, i) =>
    letters.slice(i * GROUP_LENGTH, (i + 1) * GROUP_LENGTH).join(""),
  ).join("-")
}

/** What the store knows a code by: good for one account alone. Case, spaces, dashes and letters that look alike (O for
 *  0, I and L for 1) do not matter. */
export function recoveryHash(digestKey: Uint8Array, accountId: string, code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1")
  return toHex(KeyRing.keyedHash(digestKey, utf8(`recovery ${accountId} ${plain}`)))
}

/** The password is proven, a recovery code stands for everything else. It is used up in the transaction that lets in; a
 *  wrong one ends the attempt, which counts as a failed one. */
export async function recover(
  deps: AuthDeps,
  context: Omit<SignInContext, "chosen">,
  { message, bytes }: Received<typeof MessageType.recovery>,
): Promise<SignedIn | undefined> {
  return accept(deps, context, {
    factors: ["password", "recovery"],
    imageDigests: [],
    detail: {},
    requestSha256: await deps.crypto.sha256(bytes),
    recoveryHash: recoveryHash(deps.secrets.digestKey, context.account.id, message.code),
  })
}
