import type { AuditEvent } from "../../store/store.js"
import type { ChannelContext } from "../application/channel.js"
import type { AuthDeps } from "../auth/auth-deps.js"

/** An audit entry of what somebody did to their own account. */
export const byOwner = (
  { clock }: AuthDeps,
  { account, session, clientAddress }: ChannelContext,
  reason: string,
): AuditEvent => ({
  atMs: clock.nowMs(),
  event: "account",
  reason,
  accountId: account.id,
  deviceId: session.deviceId,
  address: clientAddress,
})
