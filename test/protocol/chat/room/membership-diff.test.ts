import assert from "node:assert/strict"
import { test } from "node:test"
import type { CertificateClaims } from "@sourceprint/protocol/chat/certificate.js"
import { membershipDiff } from "@sourceprint/protocol/chat/room/membership-diff.js"
import { MemoryDisk } from "../../../support/memory-chat-storage.js"

const client = (account: string, key: number): CertificateClaims => ({
  accountId: account.repeat(32),
  name: account,
  clientId: key.toString(16).padStart(32, "0"),
  signatureKey: new Uint8Array(32).fill(key),
  factors: [],
  timeMs: 0,
})
const [a1, a2, b1, b2, b3] = [client("a", 1), client("a", 2), client("b", 3), client("b", 4), client("b", 5)]

test("who came and went, what is a device, and which key of a known account is new", async () => {
  const storage = new MemoryDisk().open()
  const step = async (before: CertificateClaims[], after: CertificateClaims[]) => {
    const { added, removed, puts } = await membershipDiff(storage, before, after)
    await storage.write(puts, [])
    const said = (people: typeof added): string =>
      people
        .map(
          ({ name, clientId, device, newKey }) =>
            `${name}${Number.parseInt(clientId, 16)}${device ? " device" : ""}${newKey ? " new" : ""}`,
        )
        .join()
    return [said(added), said(removed)]
  }
  assert.deepEqual(await step([a1], [a1, b1, b2]), ["b3,b4", ""]) // a first meeting with two devices
  assert.deepEqual(await step([a1, b1, b2], [a1, b1]), ["", "b4 device"])
  assert.deepEqual(await step([a1, b1], [a1, b1, b2]), ["b4 device", ""]) // seen before
  assert.deepEqual(await step([a1, b1, b2], [a1, b1, b2, b3]), ["b5 device new", ""])
  assert.deepEqual(await step([a1, b1], [a1]), ["", "b3"])
  assert.deepEqual(await step([a1], [a1, client("b", 6)]), ["b6 new", ""]) // back with another key
  assert.deepEqual(await step([a1], [a1, a2]), ["a2 device new", ""]) // under the own name
})
