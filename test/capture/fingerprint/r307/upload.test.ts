import assert from "node:assert/strict"
import { test } from "node:test"
import { Confirmation } from "@sourceprint/capture/fingerprint/r307/constants.js"
import { upImage } from "@sourceprint/capture/fingerprint/r307/instructions.js"
import { type Upload, upload } from "@sourceprint/capture/fingerprint/r307/upload.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { ack, damaged, data, scriptedModule } from "../../../support/scripted-module.js"

const OK = ack(Confirmation.ok)
const NOISE = Uint8Array.of(0x00, 0x5a)
const picture = Uint8Array.from({ length: 64 }, (_, i) => i)
const other = picture.with(9, 0xff)

/** The picture in packets of 32 bytes. */
const packets = (payload: Uint8Array): Uint8Array[] => [data(payload.subarray(0, 32)), data(payload.subarray(32), true)]
const clean = [OK, ...packets(picture)]
const noisy = (payload: Uint8Array): Uint8Array[] => [OK, NOISE, ...packets(payload)]

/** The n-th transfer gets the n-th turn. */
async function uploaded(turns: readonly (readonly Uint8Array[])[]): Promise<Upload> {
  const { link } = await scriptedModule((_, n) => turns[n] ?? [])
  return upload(link, upImage(), {
    expectedBytes: 64,
    packetSizeBytes: 32,
    requireSize(sizeBytes) {
      if (sizeBytes !== 64) throw new AppError("image/geometry", `${sizeBytes} bytes`)
    },
    maxTransfers: turns.length,
    log: silentLog,
  })
}

test("a clean first transfer is taken at once", async () => {
  assert.deepEqual(await uploaded([clean, []]), { payload: picture, transfers: 1 })
})

test("after noise, or after a failure, two transfers must agree", async () => {
  assert.deepEqual(await uploaded([noisy(picture), clean]), { payload: picture, transfers: 2 })
  assert.deepEqual(await uploaded([noisy(other), noisy(picture), clean]), { payload: picture, transfers: 3 })
  assert.deepEqual(await uploaded([clean.slice(0, 2), clean, clean]), { payload: picture, transfers: 3 })
  // A damaged frame is missing from the payload: its size says so, and the noise says why.
  assert.deepEqual(await uploaded([[OK, damaged(clean[1]), clean[2]], clean, clean]), {
    payload: picture,
    transfers: 3,
  })
})

test("transfers of which no two agree are a line that is too noisy", async () => {
  await assert.rejects(uploaded([noisy(picture), noisy(other)]), (e) => hasCode(e, "sensor/unstable"))
})

test("what fails every time fails with its last error", async () => {
  const short = [OK, data(picture.subarray(0, 32), true)]
  await assert.rejects(uploaded([[OK], short]), (e) => hasCode(e, "image/geometry"))
  const mixed = [OK, data(picture.subarray(0, 32)), data(picture.subarray(0, 16)), data(picture.subarray(48), true)]
  await assert.rejects(uploaded([mixed]), (e) => hasCode(e, "image/packets"))
  const growing = [OK, data(picture.subarray(0, 16)), data(picture.subarray(16), true)]
  await assert.rejects(uploaded([growing]), (e) => hasCode(e, "image/packets"))
})

test("what asking again cannot change is said at once", async () => {
  const refused = ack(Confirmation.uploadImage)
  await assert.rejects(uploaded([[refused], clean, clean]), (e) => hasCode(e, "sensor/image-upload"))
})
