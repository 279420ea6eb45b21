import assert from "node:assert/strict"
import { test } from "node:test"
import { type Figure, holds } from "../../bench/prove/claim.js"
import { deletedFile, lockedFile } from "../../bench/prove/faults/fault-kinds.js"
import { withoutFakeTime, withoutPrlimit } from "../../bench/prove/faults/process-faults.js"
import {
  measureClock,
  measureDescriptors,
  measureFullDisk,
  measurePostgres,
  measureReadOnly,
  measureSqlite,
} from "../../bench/prove/faults.js"
import { withoutFailingDisk, withoutSmallDisk } from "../support/small-disk.js"
import { withoutPostgres } from "../support/throwaway-postgres.js"

/** Fewer enrolments than in the full proof. */
const during = (lastsMs: number) => ({ lastsMs, pauseMs: 400 })
/** How soon health says so is a time: the full proof has it. */
const figuresHold = (measure: (logLine: () => void) => Promise<readonly Figure[]>) => async () => {
  for (const figure of await measure(() => {})) {
    if (figure.unit !== "s")
      assert.ok(holds(figure), `${figure.name}: ${figure.value} ${figure.unit} ${figure.note ?? ""}`)
  }
}

test(
  "a locked SQLite file passes, and nothing acknowledged is lost",
  figuresHold((log) => measureSqlite(lockedFile, during(7_000), log)),
)
test(
  "a deleted SQLite file is written back",
  figuresHold((log) => measureSqlite(deletedFile, during(2_000), log)),
)
test(
  "a full disk passes",
  { skip: withoutSmallDisk() },
  figuresHold((log) => measureFullDisk(during(3_000), log)),
)
test(
  "a file system that turned read-only loses nothing acknowledged",
  { skip: withoutFailingDisk() },
  figuresHold((log) => measureReadOnly(during(3_000), log)),
)
test(
  "a database that is away passes",
  { skip: withoutPostgres },
  figuresHold((log) => measurePostgres("refusal", during(2_000), log)),
)
test(
  "a server without a descriptor left comes back",
  { skip: withoutPrlimit },
  figuresHold((log) => measureDescriptors(during(2_000), log)),
)
test(
  "a clock that is set back by 6 h and forward again passes",
  { skip: withoutFakeTime },
  figuresHold((log) => measureClock("-6h", during(2_000), log)),
)
