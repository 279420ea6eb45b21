import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { sha256Hex } from "@sourceprint/core/canonical-json.js"
import { readManifest } from "@sourceprint/core/dataset/manifest.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { MessageType, Outcome } from "@sourceprint/protocol/message.js"
import { writeKeyFile } from "@sourceprint/serve/store/key-ring.js"
import { openStore } from "@sourceprint/serve/store/open-store.js"
import { enrolPerson, quickStretching, testServer, touch } from "../support/auth-server.js"

const cli = fileURLToPath(import.meta.resolve("@sourceprint/cli/main.js"))
const run = promisify(execFile)

/** One sign-in with a good and one with somebody else's touch. */
async function signInTwice(keepImages: boolean) {
  const server = await testServer({ keepImages })
  const device = await server.addDevice("door", "unit-7")
  await enrolPerson(server, device, "Ada", "right")
  const outcomes: number[] = []
  for (const finger of ["Ada-finger", "Eve-finger"]) {
    const session = await server.session()
    const challenge = await session.signIn({
      name: "Ada",
      password: "right",
      device,
      stretching: quickStretching,
    })
    assert.equal(challenge.type, MessageType.challenge)
    if (challenge.type !== MessageType.challenge) continue
    const shown = { image: touch(finger, "unit-7"), takenAtMs: Date.now() }
    const decision = await session.capture(challenge, device, shown)
    if (decision.type === MessageType.decision) outcomes.push(decision.outcome)
    session.close()
  }
  assert.deepEqual(outcomes, [Outcome.pass, Outcome.retry])
  return server
}

test("no image outlives its judgement unless the operator opted in; then it is sealed", async () => {
  for (const keepImages of [false, true]) {
    const server = await signInTwice(keepImages)
    await server.stop()
    const { store, study } = await openStore(server.location, server.keys)
    const kept = await study.after("", 10)
    await store.close()
    assert.deepEqual(kept.map(({ outcome }) => outcome).sort(), keepImages ? ["finger", "passed"] : [])
    const database = await readFile(server.location)
    assert.equal(database.includes("finger=Ada-finger"), false)
    for (const { id, sealed, scannerId, deviceId } of kept) {
      assert.deepEqual([scannerId, deviceId], ["unit-7", "door"])
      assert.match(new TextDecoder().decode(server.keys.open(sealed, `study/${id}`)), /^finger=(Ada|Eve)-finger/)
    }
  }
})

test("study export makes a dataset of random names, study delete leaves nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "study-"))
  const server = await testServer()
  try {
    await enrolPerson(server, await server.addDevice("door", "unit-7"), "Ada", "right")
    await server.stop()
    const [config, out] = [join(folder, "serve.yaml"), join(folder, "dataset")]
    await writeKeyFile(join(folder, "master.keys"), server.keys)
    await writeFile(config, JSON.stringify({ store: server.location, keyFile: join(folder, "master.keys") }))
    const { store, study } = await openStore(server.location, server.keys)
    const account = await store.accountByName("ada")
    assert.ok(account)
    const bmp = encodeBmp({ width: 20, height: 30, pixels: new Uint8Array(600).fill(90), dpi: 500 })
    for (const id of ["one", "two"]) {
      const facts = { accountId: account.id, deviceId: "door", scannerId: "unit-7", atMs: 1_800_000_000_000 }
      await study.keep({ id, ...facts, outcome: "passed", sealed: server.keys.seal(bmp, `study/${id}`) })
    }
    await store.close()

    await run(process.execPath, [cli, "study", "export", "--config", config, "--out", out])
    const samples = await readManifest(out)
    assert.deepEqual(
      samples.map(({ scanner, subject, impression, widthPx, dpi }) => [scanner, subject, impression, widthPx, dpi]),
      [1, 2].map((impression) => ["unit-7", account.id, impression, 20, 500]),
    )
    for (const { path, sha256 } of samples) assert.equal(sha256Hex(await readFile(join(out, path))), sha256)
    await assert.rejects(
      run(process.execPath, [cli, "study", "export", "--config", config, "--out", out]),
      /study\/exists/,
    )
    const { stdout } = await run(process.execPath, [cli, "study", "delete", "--config", config, "--name", "ADA"])
    assert.match(stdout, /2 images deleted/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
