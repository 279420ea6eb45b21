/** docs/protocol.md suffices: a client written in Python from that page alone, on other libraries, signs up and signs
 *  in at a real server, and hears what the page says where it is refused. */
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { after, before, test } from "node:test"
import { MessageType } from "@sourceprint/protocol/message.js"
import { noLimits } from "@sourceprint/serve/trial/attack-context.js"
import { enrolPerson, type TestServer, testServer, touch } from "../support/auth-server.js"
import { withoutPython } from "../support/python-peers.js"
import { type PythonSignIn, pythonSignIn } from "../support/python-sign-in.js"

const options = { skip: withoutPython }
const device = { id: "pi-1", scannerId: "r307-1", key: randomBytes(32) }
const ada = { name: "Ada", password: "ein Päßwort", device }
const images = (...fingers: string[]) => fingers.map((finger) => touch(finger, "r307-1"))

let server: TestServer
before(async () => {
  // Stretching at its full price takes longer than the usual bound where the machine is busy.
  server = await testServer({ limitRules: noLimits, policy: { handshakeMs: 60_000 } })
  const kiosk = await server.addDevice(device.id, device.scannerId, device.key)
  await enrolPerson(server, kiosk, ada.name, ada.password)
})
after(() => server.stop())

async function said(job: PythonSignIn, lines: readonly string[], reason?: string): Promise<void> {
  const before = (await server.reasons()).length
  const run = await pythonSignIn(server, job)
  assert.deepEqual(run, { lines, exitCode: lines.at(-1) === "pass" ? 0 : 1 })
  // Earlier attempts that were broken off may still be written down meanwhile.
  if (reason !== undefined) assert.ok((await server.reasons()).slice(before).includes(reason), reason)
}

test("password, finger and scanner up to a pass, one touch refused before", options, () =>
  said(
    { ...ada, images: images("Eve-finger", "Ada-finger") },
    ["server proven", "password proven", "challenge, remaining 3", "retry", "challenge, remaining 2", "pass"],
    "sign-in passed",
  ),
)

test("the name is compared in lower case, whatever its script", options, async () => {
  const zoe = { name: "ΖΩΉΣ", password: "another word", device }
  const enrol = { code: "", finger: "left-thumb" }
  const enrolled = await pythonSignIn(server, { ...zoe, enrol, images: images("zoe", "zoe", "zoe") })
  assert.equal(enrolled.exitCode, 0, enrolled.lines.join("\n"))
  const steps = ["server proven", "password proven", "challenge, remaining 3", "pass"]
  await said({ ...zoe, name: "ζωής", images: images("zoe") }, steps, "sign-in passed")
})

test(
  "who signed up in Python signs in with ours, under the stretching of section 11, however the password is composed",
  options,
  async () => {
    const eve = { name: "Eve", password: "ein Päßwort".normalize("NFC"), device }
    const enrolled = await pythonSignIn(server, {
      ...eve,
      stretching: { memoryKib: 65_536, iterations: 3, parallelism: 4 },
      enrol: { code: "", finger: "right-index" },
      images: images("eve", "eve", "eve"),
    })
    assert.equal(enrolled.exitCode, 0, enrolled.lines.join("\n"))
    const session = await server.session()
    const answer = await session.signIn({ name: eve.name, password: eve.password.normalize("NFD") })
    assert.equal(answer.type, MessageType.scanners, "no device of its own: the list of the linked ones")
    session.close()
  },
)

test("a wrong password, an unknown name and another server's key end at the client", options, async () => {
  await said({ ...ada, password: "a guess" }, ["server proven", "wrong password"])
  await said({ ...ada, name: "Nobody" }, ["server proven", "wrong password"])
  await said({ ...ada, identity: new Uint8Array(32) }, ["another server"])
})

test("what is not canonical is closed without an answer", options, async () => {
  await said({ ...ada, name: " Ada" }, ["server proven", "closed"])
  await said({ ...ada, name: "Ａda" }, ["server proven", "closed"])
  await said({ ...ada, enrol: { code: "", finger: "Right Index" } }, ["server proven", "closed"])
})

test("a device that nobody registered, or with another key, is refused", options, async () => {
  await said({ ...ada, device: { ...device, key: randomBytes(32) } }, ["server proven", "fail"], "sign-in device")
  await said({ ...ada, device: { ...device, id: "pi-2" } }, ["server proven", "fail"], "sign-in device")
})
