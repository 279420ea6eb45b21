import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { toHex } from "@sourceprint/core/bytes.js"
import { systemClock } from "@sourceprint/core/clock.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { silentLog } from "@sourceprint/core/log.js"
import { defaultFaceThresholds } from "@sourceprint/match/face/judge-face-capture.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { recordedFace } from "@sourceprint/serve/client/recorded-face.js"
import { type ClientSignInContext, runEnrolment, runSignIn } from "@sourceprint/serve/client/run-client.js"
import { faceInspectionPool } from "@sourceprint/serve/server/auth/face/face-inspection-pool.js"
import { quickStretching, type TestServer, testServer, textInspector } from "../../support/auth-server.js"
import { sharedData, withoutData } from "../../support/shared-data.js"

const skip = withoutData("orl_faces")
let server: TestServer
before(async () => {
  if (skip !== false) return
  const faces = await faceInspectionPool(defaultFaceThresholds, 1, silentLog)
  const factorPolicies = [
    ["password", "finger", "scanner"],
    ["password", "face"],
  ] as const
  const faceActions = ["turnLeft", "turnRight"] as const
  server = await testServer({
    policy: { factorPolicies, faceActions },
    inspector: { ...textInspector, faces },
  })
})
after(async () => {
  await server?.deps.inspector.faces?.close()
  await server?.stop()
})

const contextWith = async (person: number): Promise<ClientSignInContext> => ({
  deps: {
    crypto: webCrypto,
    clock: systemClock,
    trusts: (key) => toHex(key) === toHex(server.deps.secrets.identity.publicKey),
  },
  connect: () => server.connect(),
  faces: await recordedFace(join(sharedData("orl_faces") ?? "", `s${person}`), systemClock),
  tell: () => {},
  sleep: () => Promise.resolve(),
})

test("a recorded face enrols and signs in from the terminal client; another one does not", {
  skip,
}, async () => {
  const person = { name: "Ada", password: "pw", stretching: quickStretching }
  const ada = await contextWith(1)
  const enrolment = { ...person, enrolmentId: new Uint8Array(randomBytes(32)), code: "", finger: "none" }
  assert.equal((await runEnrolment(ada, enrolment)).outcome, "enrolled")
  assert.equal((await runSignIn(ada, person)).outcome, "passed")
  assert.equal((await runSignIn(await contextWith(25), person)).outcome, "refused")
})

test("a folder without pictures of a face says so", async () => {
  const empty = await mkdtemp(join(tmpdir(), "no-face-"))
  await assert.rejects(recordedFace(empty, systemClock), (e) => hasCode(e, "client/face"))
  await assert.rejects(recordedFace(join(empty, "absent"), systemClock), (e) => hasCode(e, "client/face"))
})
