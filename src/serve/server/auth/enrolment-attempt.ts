import type { ClientClaim, Connection } from "./connection.js"
import type { Attempt } from "./limits.js"

/** What an enrolment's failures count against: the device or address, whatever the name. */
export const enrolmentAttempt = ({ address }: Connection, { device }: ClientClaim): Attempt => ({
  nameKey: "enrolment",
  accountId: undefined,
  deviceId: device?.id,
  address,
})
