import { seedOf } from "@sourceprint/core/rng.js"
import type { CertificateClaims } from "../certificate.js"

/** Members act on news in turns, so that mostly one of them does: the rank times this. */
const TURN_MS = 2_000
const TURNS = 10

/** How long this client waits before it does for the room what any member could do, or undefined where so many are
 *  before it that it leaves it to them. The order is that of a hash of room, subject and client, so that the burden is
 *  shared and all agree; those who are not online, and the subject itself (a client or an account), have no turn. */
export function turnDelayMs(
  roomId: string,
  subject: string,
  members: readonly CertificateClaims[],
  selfId: string,
  isPresent: (name: string) => boolean,
): number | undefined {
  const weight = (clientId: string): number => seedOf(`${roomId}/${subject}/${clientId}`)
  const mine = weight(selfId)
  const before = members.filter(
    ({ clientId, accountId, name }) =>
      clientId !== selfId &&
      clientId !== subject &&
      accountId !== subject &&
      weight(clientId) < mine &&
      isPresent(name),
  )
  return before.length < TURNS ? before.length * TURN_MS : undefined
}
