/** Drivers of others, as their libraries are published, at the twin on a pseudo-terminal.
 *  `test/peers/python/install.sh` installs them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { driveTwin, withoutDrivers } from "../../../../support/drive-twin.js"

async function drive(script: string): Promise<{ images: readonly string[]; digest: string }> {
  const driven = await driveTwin(script)
  assert.equal(driven.exitCode, 0, driven.complaint)
  return driven
}

test("pyfingerprint: every call; images at every packet size and speed", { skip: withoutDrivers }, async () => {
  const { images, digest } = await drive("drive_pyfingerprint.py")
  assert.deepEqual(images, new Array(9).fill(digest))
})

test("Adafruit's library: enrolment, search, templates, image, settings", { skip: withoutDrivers }, async () => {
  const { images, digest } = await drive("drive_adafruit.py")
  assert.deepEqual(images, [digest])
})
