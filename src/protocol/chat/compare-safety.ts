import { equalConstantTime, utf8 } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { CertificateClaims } from "./certificate.js"
import type { RoomHost } from "./room/room-host.js"
import { chatKey } from "./room/room-record.js"
import { safetyNumber } from "./safety-number.js"

export interface SafetyView {
  /** 60 digits to compare with that person by another way. */
  readonly number: string
  /** What it was when it was compared last. */
  readonly numberSha256: Uint8Array
  /** `changed`: one of the two has other keys now than when it was compared. */
  readonly compared: "never" | "same" | "changed"
}

/** Of the own account and another one, by the clients of a room. Throws AppError "chat/nobody" where the other is not
 *  in it. */
export async function compareSafety(
  { crypto, self, storage }: RoomHost,
  clients: readonly CertificateClaims[],
  accountId: string,
): Promise<SafetyView> {
  const of = (account: string) => clients.filter((one) => one.accountId === account)
  if (of(accountId).length === 0) throw new AppError("chat/nobody", "that person is not in the room")
  const number = await safetyNumber(crypto, of(self.accountId), of(accountId))
  const numberSha256 = await crypto.sha256(utf8(number))
  const before = await storage.read(chatKey.compared(accountId))
  const same = before !== undefined && equalConstantTime(before, numberSha256)
  return { number, numberSha256, compared: before === undefined ? "never" : same ? "same" : "changed" }
}
