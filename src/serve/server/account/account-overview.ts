import type { AccountOverview } from "@sourceprint/protocol/account/account-messages.js"
import type { ChannelContext } from "../application/channel.js"
import { FRESH_MS } from "../application/session-guard.js"
import type { AuthDeps } from "../auth/auth-deps.js"

export async function accountOverview(
  { store, clock, policy, inspector }: AuthDeps,
  { account, session }: ChannelContext,
): Promise<AccountOverview> {
  const [templates, recoveryCodesLeft, sessions, devices] = await Promise.all([
    store.templates(account.id),
    store.recoveryCodesLeft(account.id),
    store.sessions(account.id, clock.nowMs()),
    store.familiarDevices(account.id),
  ])
  return {
    name: account.name,
    createdAtMs: account.createdAtMs,
    factors: templates.map(({ id, modality, finger, createdAtMs }) => ({
      id,
      kind: modality,
      label: finger,
      createdAtMs,
    })),
    recoveryCodesLeft,
    sessions: sessions.map(({ tokenHash, factors, deviceId, createdAtMs, expiresAtMs }) => ({
      id: tokenHash,
      factors,
      deviceId,
      createdAtMs,
      expiresAtMs,
      current: tokenHash === session.tokenHash,
    })),
    devices: devices.map(({ id, scannerId, revokedAtMs }) => ({
      id,
      scannerId,
      revoked: revokedAtMs !== undefined,
    })),
    offers: { passkey: policy.passkeys !== undefined, face: inspector.faces !== undefined },
    freshUntilMs: session.createdAtMs + FRESH_MS,
  }
}
