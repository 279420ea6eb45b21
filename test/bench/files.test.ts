import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { type Figure, holds } from "../../bench/prove/claim.js"
import { boundedTransfer, killedTransfer } from "../../bench/prove/files/node-transfers.js"

const SIZE_BYTES = 8 * 1024 * 1024

const figuresHold =
  (measure: (folder: string, sizeBytes: number, logLine: (text: string) => void) => Promise<readonly Figure[]>) =>
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "files-test-"))
    try {
      for (const figure of await measure(folder, SIZE_BYTES, () => {})) {
        assert.ok(holds(figure), `${figure.name}: ${figure.value} ${figure.unit} ${figure.note ?? ""}`)
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

test("8 MB from client to client through a server: hash, memory, nothing readable stored", figuresHold(boundedTransfer))
test("8 MB with sender, receiver and server killed on the way", figuresHold(killedTransfer))
