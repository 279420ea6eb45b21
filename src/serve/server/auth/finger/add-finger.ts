import { Outcome } from "@sourceprint/protocol/message.js"
import type { Account } from "../../../store/store.js"
import type { AuthDeps } from "../auth-deps.js"
import type { ClientClaim, Connection } from "../connection.js"
import type { Facts } from "../factor-proof.js"
import { fingerEnrolment } from "./finger-enrolment.js"

/** After a pass: one more finger of the same account. @param admitted asked before it is stored: the session may have
 *  ended meanwhile */
export async function addFinger(
  deps: AuthDeps,
  connection: Connection,
  { id: accountId, name }: Account,
  claim: ClientClaim,
  { finger, admitted }: { readonly finger: string; admitted(): Promise<boolean> },
): Promise<void> {
  const facts: Facts = (reason, more = {}) => ({
    event: "enrolment",
    reason,
    address: connection.address,
    deviceId: claim.device?.id,
    accountId,
    ...more,
  })
  const asked = deps.policy.factorPolicies.some((factorPolicy) => factorPolicy.includes("scanner"))
  const chosen = asked ? (["password", "finger", "scanner"] as const) : (["password", "finger"] as const)
  const context = { connection, claim, accountId, name, finger, chosen, facts }
  const gathered = await fingerEnrolment.gather(deps, context)
  if (gathered === undefined) return
  if (!(await admitted())) {
    await deps.audit.write(facts("session"))
    await connection.peer.decide(Outcome.fail, gathered.requestSha256)
    return
  }
  const digests = deps.policy.refuseSeenImages ? gathered.imageDigests : []
  const added = await deps.store.addTemplates(gathered.templates, digests, deps.audit.event(facts("passed")))
  if (added === "replay") await deps.audit.write(facts("replay"))
  const pass = { token: new Uint8Array(32), expiresAtMs: deps.clock.nowMs() }
  await connection.peer.decide(added === "added" ? Outcome.pass : Outcome.fail, gathered.requestSha256, pass)
}
