import assert from "node:assert/strict"
import { test } from "node:test"
import type { CertificateClaims } from "@sourceprint/protocol/chat/certificate.js"
import { turnDelayMs } from "@sourceprint/protocol/chat/room/take-turns.js"
import fc from "fast-check"

const member = (k: number): CertificateClaims => ({
  accountId: `a${k}`,
  name: `P${k}`,
  clientId: `c${k}`,
  signatureKey: new Uint8Array(32),
  factors: [],
  timeMs: 0,
})

test(
  "of those who are online one acts at once, each other one later than the one before, and the subject " +
    "never counts",
  () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
        (n, online) => {
          const members = Array.from({ length: n }, (_, k) => member(k))
          const isPresent = (name: string): boolean => online[Number(name.slice(1))]
          const present = members.filter(({ name }, k) => k > 0 && isPresent(name))
          const delays = present.map(({ clientId }) => turnDelayMs("room", "a0", members, clientId, isPresent))
          const expected = present.map((_, k) => (k < 10 ? k * 2_000 : undefined))
          const order = (a?: number, b?: number): number => (a ?? 1e9) - (b ?? 1e9)
          assert.deepEqual(delays.sort(order), expected)
        },
      ),
      { seed: 7 },
    )
  },
)
